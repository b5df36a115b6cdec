/** Services of the box that a zone can admit (host-inbound). The position in this list is the service's bit in the pipeline. */

export type ServiceTerm = {
  protocol: 'tcp' | 'udp' | 'icmp' | 'icmp6' | number;
  /** 'web': the ports of the management page, which the configuration chooses. */
  port?: number | 'web';
  icmpType?: number;
};
export type HostService = { name: string; text: string; terms: ServiceTerm[] };

export const hostServices: readonly HostService[] = [
  { name: 'all', text: 'everything', terms: [] },
  {
    name: 'ping',
    text: 'ICMP echo requests',
    terms: [
      { protocol: 'icmp', icmpType: 8 },
      { protocol: 'icmp6', icmpType: 128 },
    ],
  },
  // classic UDP probes end at the box when it is the target
  {
    name: 'traceroute',
    text: 'UDP traceroute probes (33434 and up are answered by the kernel)',
    terms: [{ protocol: 'udp', port: 33434 }],
  },
  { name: 'ssh', text: 'secure shell', terms: [{ protocol: 'tcp', port: 22 }] },
  { name: 'web', text: 'the management page', terms: [{ protocol: 'tcp', port: 'web' }] },
  {
    name: 'dns',
    text: 'DNS',
    terms: [
      { protocol: 'udp', port: 53 },
      { protocol: 'tcp', port: 53 },
    ],
  },
  {
    name: 'dhcp',
    text: 'DHCP, server and client side',
    terms: [
      { protocol: 'udp', port: 67 },
      { protocol: 'udp', port: 68 },
    ],
  },
  {
    name: 'dhcpv6',
    text: 'DHCPv6, server and client side',
    terms: [
      { protocol: 'udp', port: 546 },
      { protocol: 'udp', port: 547 },
    ],
  },
  { name: 'ntp', text: 'network time', terms: [{ protocol: 'udp', port: 123 }] },
  { name: 'snmp', text: 'SNMP', terms: [{ protocol: 'udp', port: 161 }] },
  {
    name: 'ike',
    text: 'IKE and ESP (IPsec)',
    terms: [{ protocol: 'udp', port: 500 }, { protocol: 'udp', port: 4500 }, { protocol: 50 }],
  },
  { name: 'bgp', text: 'BGP', terms: [{ protocol: 'tcp', port: 179 }] },
  { name: 'ospf', text: 'OSPF', terms: [{ protocol: 89 }] },
  {
    name: 'router-discovery',
    text: 'ICMP router discovery (IPv4; IPv6 neighbour discovery always works)',
    terms: [
      { protocol: 'icmp', icmpType: 9 },
      { protocol: 'icmp', icmpType: 10 },
    ],
  },
  { name: 'wireguard', text: 'WireGuard', terms: [{ protocol: 'udp', port: 51820 }] },
];

export const hostServiceNames = hostServices.map((service) => service.name) as [string, ...string[]];

/** What an interface admits that gets its addresses from the network: the answers to its client, which no session can foresee. */
export const clientServices: readonly HostService[] = [
  { name: 'dhcp-client', text: 'answers to the DHCP client', terms: [{ protocol: 'udp', port: 68 }] },
  { name: 'dhcpv6-client', text: 'answers to the DHCPv6 client', terms: [{ protocol: 'udp', port: 546 }] },
];

/** Names of the client services that an interface needs. */
export function clientServicesOf(item: { ipv4: string; ipv6: string }): string[] {
  return [...(item.ipv4 === 'dhcp' ? ['dhcp-client'] : []), ...(item.ipv6 === 'dhcpv6' ? ['dhcpv6-client'] : [])];
}
