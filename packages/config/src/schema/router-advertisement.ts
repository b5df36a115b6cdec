/** IPv6 router advertisements (RFC 4861, RFC 8106), one entry for each interface that sends them. */
import { z } from 'zod';
import { deviceName, domainName, ip6, prefix, seconds } from '../fields.ts';
import { description, enabled, field, list, names, withId } from './parts.ts';

const flag = (label: string, help: string) => field(z.boolean().default(false), label, help);

const advertisement = withId(
  {
    interface: field(deviceName, 'Interface'),
    description,
    enabled,
    prefixes: names(
      prefix,
      'Prefixes',
      'The /64 of each IPv6 address of the interface when left away, also of a delegated one.',
    ),
    autonomous: field(z.boolean().default(true), 'SLAAC', 'Clients make their addresses from the prefixes.'),
    managed: flag('Managed', 'Clients ask DHCPv6 for an address (M flag).'),
    otherConfig: flag('Other configuration', 'Clients ask DHCPv6 for options (O flag).'),
    routerLifetime: field(seconds(0, 9000).default(1800), 'Router lifetime', 'Seconds; 0 = not a default router.'),
    preference: field(z.enum(['low', 'medium', 'high']).default('medium'), 'Preference', 'Among routers (RFC 4191).'),
    maxInterval: field(seconds(4, 1800).default(600), 'Interval', 'Seconds at most between two advertisements.'),
    validLifetime: field(seconds(120, 31_536_000).default(86_400), 'Valid lifetime', 'Seconds; of the prefixes.'),
    preferredLifetime: field(
      seconds(60, 31_536_000).default(14_400),
      'Preferred lifetime',
      'Seconds; of the prefixes.',
    ),
    dnsServers: names(ip6, 'DNS servers', 'The box when left away (RDNSS).'),
    domainSearch: names(domainName, 'Search domains', 'DNSSL.'),
    mtu: field(z.int().min(1280).max(9216).optional(), 'MTU', 'Bytes; told to the clients. Not told when left away.'),
  },
  'interface',
);

export const routerAdvertisements = list(advertisement, 'Router advertisements', {
  object: 'Router advertisement',
  key: 'interface',
});
