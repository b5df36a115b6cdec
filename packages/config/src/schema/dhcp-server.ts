/** The DHCP server: scopes (one for each network that is served), reservations of both families. */
import { z } from 'zod';
import { dhcp4OptionNames, dhcp6OptionNames, optionTypes } from '../dhcp-options.ts';
import {
  addressRange,
  clientId,
  deviceName,
  domainName,
  duid,
  ip,
  ip4,
  ip6,
  line,
  mac,
  objectName,
  seconds,
} from '../fields.ts';
import { description, enabled, field, list, names, withId } from './parts.ts';

const optionType = field(z.enum(optionTypes).optional(), 'Value type', 'Only for options that stand in no list.');
const optionValue = field(line, 'Value');
const option4 = z.strictObject({
  option: field(z.union([z.enum(dhcp4OptionNames), z.int().min(1).max(254)]), 'Option', 'Name, or code.'),
  type: optionType,
  value: optionValue,
});
const option6 = z.strictObject({
  option: field(z.union([z.enum(dhcp6OptionNames), z.int().min(1).max(65535)]), 'Option', 'Name, or code.'),
  type: optionType,
  value: optionValue,
});

const lease = (help = '') => field(seconds(120, 31_536_000).default(43_200), 'Lease time', `Seconds. ${help}`.trim());
const domainSearch = names(domainName, 'Search domains', 'Added to names without a dot.');

const scope4 = withId({
  name: field(objectName, 'Name'),
  description,
  enabled,
  interface: field(deviceName, 'Interface', 'The network is that of its IPv4 address.'),
  ranges: names(addressRange, 'Ranges', 'First and last address given out: 192.168.1.100-192.168.1.199.'),
  gateway: field(ip4.optional(), 'Gateway', 'The interface’s address when left away.'),
  dnsServers: names(ip4, 'DNS servers', 'The box when left away.'),
  ntpServers: names(ip4, 'NTP servers'),
  domainName: field(domainName.optional(), 'Domain name'),
  domainSearch,
  leaseSeconds: lease(),
  options: list(option4, 'Further options', { object: 'Option', key: 'option' }),
});

const scope6 = withId({
  name: field(objectName, 'Name'),
  description,
  enabled,
  interface: field(deviceName, 'Interface'),
  mode: field(
    z.enum(['stateful', 'stateless']).default('stateful'),
    'Mode',
    'Stateful gives addresses of the ranges; stateless only the options, the clients make their addresses themselves.',
  ),
  ranges: names(addressRange, 'Ranges', 'Stateful: first and last address given out.'),
  dnsServers: names(ip6, 'DNS servers', 'The box when left away.'),
  ntpServers: names(ip6, 'NTP servers'),
  domainSearch,
  leaseSeconds: lease('Stateful only.'),
  options: list(option6, 'Further options', { object: 'Option', key: 'option' }),
});

const reservation = withId({
  name: field(objectName, 'Name', 'Also the host name that the client is given, unless that is set.'),
  description,
  enabled,
  address: field(
    ip,
    'Address',
    'IPv4 or IPv6; its network says which scope. Inside of a range it is given to nobody else.',
  ),
  mac: field(mac.optional(), 'MAC address'),
  clientId: field(clientId.optional(), 'Client id', 'IPv4: bytes in hexadecimal (option 61).'),
  duid: field(duid.optional(), 'DUID', 'IPv6: bytes in hexadecimal (RFC 8415).'),
  hostName: field(domainName.optional(), 'Host name'),
});

export const dhcpServer = z
  .strictObject({
    ipv4: list(scope4, 'DHCP scopes', { object: 'DHCP scope', key: 'name' }),
    ipv6: list(scope6, 'DHCPv6 scopes', { object: 'DHCPv6 scope', key: 'name' }),
    reservations: list(reservation, 'DHCP reservations', { object: 'DHCP reservation', key: 'name' }),
  })
  .prefault({})
  .meta({ label: 'DHCP server' });
