/** What dhcpcd holds for an interface, from its own dump (dhcpcd -U): blocks of NAME=value. */

export type Lease = {
  interface: string;
  ipv4: {
    /** With prefix length. */
    address: string;
    server: string | null;
    routers: string[];
    /** Seconds of the whole lease. */
    seconds: number | null;
  } | null;
  ipv6: {
    addresses: string[];
    /** Delegated prefixes. */
    prefixes: string[];
    router: string | null;
  } | null;
  dns: string[];
  ntp: string[];
  domain: string | null;
};

type Block = Map<string, string>;

function blocksOf(dump: string): Block[] {
  return dump
    .split(/\n\s*\n/)
    .map(
      (text) =>
        new Map([...text.matchAll(/^([a-z0-9_]+)='?(.*?)'?$/gm)].map(([, key = '', value = '']) => [key, value])),
    )
    .filter((block) => block.size > 0);
}

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter(Boolean);
const matching = (block: Block | undefined, pattern: RegExp): string[] =>
  [...(block ?? [])].filter(([key]) => pattern.test(key)).map(([, value]) => value);

/** `dump`: what `dhcpcd -U INTERFACE` printed. */
export function parseLease(name: string, dump: string): Lease {
  const by = new Map(blocksOf(dump).map((block) => [block.get('protocol'), block]));
  const [four, ra, six] = [by.get('dhcp'), by.get('ra'), by.get('dhcp6')];
  const address = four?.get('ip_address');
  const prefixes = [...(six ?? [])].flatMap(([key, prefix]) => {
    const length = /^dhcp6_ia_pd\d+_prefix\d+$/.test(key) ? six?.get(`${key}_length`) : undefined;
    return length === undefined ? [] : [`${prefix}/${length}`];
  });
  return {
    interface: name,
    ipv4: address
      ? {
          address: `${address}/${four?.get('subnet_cidr') ?? 32}`,
          server: four?.get('dhcp_server_identifier') ?? null,
          routers: words(four?.get('routers')),
          seconds: Number(four?.get('dhcp_lease_time')) || null,
        }
      : null,
    ipv6:
      six || ra
        ? {
            addresses: [...matching(six, /^dhcp6_ia_na\d+_ia_addr\d+$/), ...matching(ra, /^nd\d+_addr\d+$/)],
            prefixes,
            router: ra?.get('nd1_from') ?? null,
          }
        : null,
    dns: [
      ...words(four?.get('domain_name_servers')),
      ...words(six?.get('dhcp6_name_servers')),
      ...matching(ra, /^nd\d+_rdnss\d+_servers$/).flatMap(words),
    ],
    ntp: [...words(four?.get('ntp_servers')), ...matching(six, /^dhcp6_ntp_server\d*_addr$/).flatMap(words)],
    domain: words(four?.get('domain_name') ?? six?.get('dhcp6_domain_search'))[0] ?? null,
  };
}
