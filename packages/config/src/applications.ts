/** Predefined applications: well-known ports (IANA registry) and a few that everybody expects. */

export type ApplicationTerm = {
  protocol: 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmp6' | number;
  destinationPort?: string;
  sourcePort?: string;
  icmpType?: number;
  icmpCode?: number;
};
export type PredefinedApplication = { id: string; name: string; terms: ApplicationTerm[] };

const TCP =
  'ftp 21|ssh 22|telnet 23|smtp 25|smtps 465|submission 587|http 80|https 443|rtsp 554|dns-tcp 53|pop3 110|pop3s 995|imap 143|imaps 993|nntp 119|' +
  'snmp-agentx 705|xnm-ssl 3220|xnm-clear-text 3221|bgp 179|ldp-tcp 646|ldap 389|ldaps 636|tacacs 49|tacacs-ds 65|smb 445|netbios-session 139|' +
  'ms-sql 1433|ms-rpc-tcp 135|sun-rpc-tcp 111|nfsd-tcp 2049|printer 515|ipp 631|sqlnet-v1 1525|sqlnet-v2 1521|mysql 3306|postgresql 5432|' +
  'cvspserver 2401|h323 1720|sccp 2000|msn 1863|aol 5190-5193|irc 6660-6669|vnc 5800,5900|x-windows 6000-6063|winframe 1494|rdp 3389|' +
  'http-ext 7001|http-alt 8080|finger 79|ident 113|whois 43|gopher 70|wais 210|ns-global 15397|mqtt 1883|mqtts 8883|iperf3 5201|tcp-any 0-65535';
const UDP =
  'dns-udp 53|dhcp-client 68|dhcp-server 67|bootpc 68|bootps 67|tftp 69|ntp 123|snmp 161|snmp-trap 162|syslog 514|rip 520|ldp-udp 646|radius 1812|' +
  'radacct 1813|ike 500|ike-nat 4500|l2tp 1701|nbname 137|nbds 138|ms-rpc-udp 135|sun-rpc-udp 111|nfsd-udp 2049|sip 5060|mgcp-ua 2427|mgcp-ca 2727|' +
  'pc-anywhere 5632|vdo-live 7000-7010|gnutella 6346-6347|gtp 2123|quic 443|wireguard 51820|mdns 5353|traceroute 33434-33523|udp-any 0-65535';
const PROTOCOL = 'ospf 89|gre 47|ip-in-ip 4|esp 50|ah 51|vrrp 112|pim 103|igmp 2';

const table = (text: string): [string, string][] => text.split('|').map((line) => line.split(' ') as [string, string]);
const one = (name: string, ...terms: ApplicationTerm[]): PredefinedApplication => ({ id: name, name, terms });

export const predefinedApplications: readonly PredefinedApplication[] = [
  ...table(TCP).map(([name, destinationPort]) => one(name, { protocol: 'tcp', destinationPort })),
  ...table(UDP).map(([name, destinationPort]) => one(name, { protocol: 'udp', destinationPort })),
  ...table(PROTOCOL).map(([name, number]) => one(name, { protocol: Number(number) })),
  one('dns', { protocol: 'udp', destinationPort: '53' }, { protocol: 'tcp', destinationPort: '53' }),
  one('ping', { protocol: 'icmp', icmpType: 8 }, { protocol: 'icmp6', icmpType: 128 }),
  one('ping4', { protocol: 'icmp', icmpType: 8 }),
  one('ping6', { protocol: 'icmp6', icmpType: 128 }),
  one('icmp-all', { protocol: 'icmp' }),
  one('icmp6-all', { protocol: 'icmp6' }),
].sort((a, b) => (a.name < b.name ? -1 : 1));

export const predefinedApplicationNames: ReadonlySet<string> = new Set(predefinedApplications.map((item) => item.name));
