/** The configuration, version 1. One schema: everything else (documentation, text form, difference, page) is derived from it. */
import { z } from 'zod';
import {
  addressEntry,
  addressSpan,
  deviceName,
  interfaceAddress,
  ip,
  line,
  objectName,
  portRange,
  ports,
  prefix,
  seconds,
} from './fields.ts';
import { certificates } from './schema/certificates.ts';
import { consoleSettings } from './schema/console.ts';
import { dhcpClientFields } from './schema/dhcp-client.ts';
import { dhcpServer } from './schema/dhcp-server.ts';
import { dns } from './schema/dns.ts';
import { ntp } from './schema/ntp.ts';
import { description, enabled, field, list, names, sealed, someOf, withId, withIdUnion } from './schema/parts.ts';
import { routerAdvertisements } from './schema/router-advertisement.ts';
import { ssh } from './schema/ssh.ts';
import { hostServiceNames } from './services.ts';

const zoneEntry = objectName;

const system = z.strictObject({ hostName: field(objectName.default('gatehouse'), 'Host name') }).prefault({});

const management = z
  .strictObject({
    web: z
      .strictObject({
        port: field(
          z.int().min(1).max(65535).default(8080),
          'Port',
          'TCP port of the management page; with TLS it only leads to the other one.',
        ),
        tls: z
          .strictObject({
            enabled: field(z.boolean().default(false), 'On', 'The page over HTTPS.'),
            port: field(z.int().min(1).max(65535).default(443), 'Port', 'TCP port of the page over HTTPS.'),
            certificate: field(
              objectName.optional(),
              'Certificate',
              'Left away: one that the box makes for itself, which browsers warn of once.',
            ),
          })
          .prefault({})
          .meta({ label: 'TLS' }),
      })
      .prefault({})
      .meta({ label: 'Management page' }),
    sessionIdleMinutes: field(
      z.int().min(1).max(1440).default(60),
      'Idle minutes',
      'A login ends after this time without use.',
    ),
    loginBanner: field(line.optional(), 'Login banner', 'Shown on the login page.'),
    ssh,
    console: consoleSettings,
  })
  .prefault({});

const user = withId({
  name: field(objectName, 'Name'),
  fullName: field(line.optional(), 'Full name'),
  role: field(z.enum(['administrator', 'operator', 'read-only']), 'Role'),
  passwordHash: sealed('Password', 'password', 'Sealed by the box; set it on the page or with the command line.'),
  disabled: field(z.boolean().default(false), 'Disabled'),
});

const networkInterface = withId({
  name: field(deviceName, 'Name', 'Kernel device name.'),
  description,
  type: field(z.enum(['ethernet', 'vlan']).default('ethernet'), 'Type'),
  parent: field(deviceName.optional(), 'Parent', 'VLAN only: the device that carries the tag.'),
  vlanId: field(z.int().min(1).max(4094).optional(), 'VLAN id', '802.1Q tag.'),
  enabled,
  mtu: field(z.int().min(1280).max(9216).optional(), 'MTU', 'Bytes, network layer. At least 1280 (RFC 8200).'),
  addresses: names(interfaceAddress, 'Addresses', 'Address with prefix length.'),
  ...dhcpClientFields,
});

const route = withId(
  {
    destination: field(prefix, 'Destination'),
    type: field(z.enum(['unicast', 'blackhole', 'unreachable']).default('unicast'), 'Type'),
    nextHop: field(ip.optional(), 'Next hop'),
    interface: field(deviceName.optional(), 'Interface'),
    metric: field(z.int().min(0).max(4294967295).optional(), 'Metric'),
    description,
  },
  'destination',
);

const zone = withId({
  name: field(objectName, 'Name'),
  description,
  interfaces: names(deviceName, 'Interfaces'),
  hostInbound: names(
    z.enum(hostServiceNames),
    'Services of the box',
    'What this zone may reach on the box itself. Nothing stated, nothing admitted.',
  ),
  screen: field(objectName.optional(), 'Screen', 'Profile of packet checks.'),
});

const check = (label: string, help: string) => field(z.boolean().default(false), label, help);
const screen = withId({
  name: field(objectName, 'Name'),
  description,
  land: check('Land', 'Source equal to destination.'),
  synFin: check('SYN and FIN', 'TCP packets with both flags.'),
  noFlag: check('No flag', 'TCP packets without any flag.'),
  finNoAck: check('FIN without ACK', 'TCP packets with FIN but no ACK.'),
});

const common = { name: field(objectName, 'Name'), description };
const address = withIdUnion('type', [
  { ...common, type: z.literal('host'), address: field(ip, 'Address') },
  { ...common, type: z.literal('prefix'), prefix: field(prefix, 'Prefix') },
  { ...common, type: z.literal('range'), from: field(ip, 'First'), to: field(ip, 'Last') },
]);

const group = withId({ name: field(objectName, 'Name'), description, members: names(objectName, 'Members') });

const term = z.strictObject({
  protocol: field(z.union([z.enum(['tcp', 'udp', 'sctp', 'icmp', 'icmp6']), z.int().min(0).max(255)]), 'Protocol'),
  destinationPort: field(ports.optional(), 'Destination port'),
  sourcePort: field(ports.optional(), 'Source port'),
  icmpType: field(z.int().min(0).max(255).optional(), 'ICMP type'),
  icmpCode: field(z.int().min(0).max(255).optional(), 'ICMP code'),
});
const application = withId({
  name: field(objectName, 'Name'),
  description,
  terms: list(term, 'Terms', { object: 'Term', key: 'protocol' }),
  inactivityTimeout: field(
    seconds(1, 2147483).optional(),
    'Idle timeout',
    'Seconds; the protocol\u2019s default when left away.',
  ),
});

const match = {
  source: someOf(addressEntry, 'Source'),
  destination: someOf(addressEntry, 'Destination'),
  application: someOf(objectName, 'Application'),
};

const policy = withId({
  name: field(objectName, 'Name'),
  description,
  enabled,
  from: someOf(zoneEntry, 'From zone'),
  to: someOf(zoneEntry, 'To zone'),
  ...match,
  action: field(z.enum(['permit', 'deny', 'reject']), 'Action', 'Deny is silent; reject tells the sender.'),
  log: z
    .strictObject({
      init: field(z.boolean().default(false), 'Log at start', 'Also logs denied packets.'),
      close: field(z.boolean().default(false), 'Log at end'),
    })
    .prefault({})
    .meta({ label: 'Log' }),
});

const pool = withId({
  name: field(objectName, 'Name'),
  description,
  addresses: field(z.array(addressSpan).min(1, { message: 'is empty' }), 'Addresses'),
  ports: field(portRange.default('1024-65535'), 'Ports'),
});

const sourceNat = withId({
  name: field(objectName, 'Name'),
  description,
  enabled,
  from: someOf(zoneEntry, 'From zone'),
  to: someOf(zoneEntry, 'To zone'),
  ...match,
  translation: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('interface') }),
      z.strictObject({ type: z.literal('pool'), pool: field(objectName, 'Pool') }),
      z.strictObject({ type: z.literal('off') }),
    ])
    .meta({ label: 'Translation' }),
});

const destinationNat = withId({
  name: field(objectName, 'Name'),
  description,
  enabled,
  from: someOf(zoneEntry, 'From zone'),
  source: someOf(addressEntry, 'Source'),
  destination: field(z.array(addressEntry).min(1, { message: 'is empty' }), 'Destination'),
  protocol: field(z.enum(['tcp', 'udp']), 'Protocol'),
  port: field(portRange, 'Port'),
  translation: z
    .strictObject({
      address: field(ip, 'New destination'),
      port: field(z.int().min(1).max(65535).optional(), 'New port', 'The same when left away.'),
    })
    .meta({ label: 'Translation' }),
});

const staticNat = withId({
  name: field(objectName, 'Name'),
  description,
  enabled,
  from: someOf(zoneEntry, 'From zone', 'The outside.'),
  external: field(addressSpan, 'Outside'),
  internal: field(addressSpan, 'Inside'),
});

const timeouts = z
  .strictObject({
    tcpHandshake: field(seconds(1, 3600).default(30), 'TCP handshake'),
    tcpEstablished: field(seconds(1, 2147483).default(7200), 'TCP established'),
    tcpHalfClosed: field(seconds(1, 86400).default(300), 'TCP half closed'),
    tcpClosing: field(seconds(1, 3600).default(10), 'TCP closing'),
    udp: field(seconds(1, 86400).default(60), 'UDP'),
    icmp: field(seconds(1, 3600).default(10), 'ICMP'),
    other: field(seconds(1, 86400).default(60), 'Other protocols'),
  })
  .prefault({})
  .meta({ label: 'Idle timeouts', help: 'Seconds.' });

export const configSchema = z.strictObject({
  version: z.literal(1).default(1).meta({ label: 'Version' }),
  system: system.meta({ label: 'System' }),
  management: management.meta({ label: 'Management' }),
  certificates,
  users: list(user, 'Users', { object: 'User', key: 'name' }),
  interfaces: list(networkInterface, 'Interfaces', { object: 'Interface', key: 'name' }),
  routes: list(route, 'Static routes', { object: 'Route', key: 'destination' }),
  zones: list(zone, 'Zones', { object: 'Zone', key: 'name' }),
  dhcpServer,
  routerAdvertisements,
  screens: list(screen, 'Screens', { object: 'Screen', key: 'name' }),
  addresses: list(address, 'Addresses', { object: 'Address', key: 'name' }),
  addressGroups: list(group, 'Address groups', { object: 'Address group', key: 'name' }),
  applications: list(application, 'Applications', { object: 'Application', key: 'name' }),
  applicationGroups: list(group, 'Application groups', { object: 'Application group', key: 'name' }),
  policies: list(policy, 'Policies', { object: 'Policy', key: 'name', ordered: true }),
  defaultDeny: z
    .strictObject({ log: field(z.boolean().default(false), 'Log', 'Logs what no policy matches.') })
    .prefault({})
    .meta({ label: 'Default deny' }),
  nat: z
    .strictObject({
      pools: list(pool, 'NAT pools', { object: 'NAT pool', key: 'name' }),
      source: list(sourceNat, 'Source NAT', { object: 'Source NAT', key: 'name', ordered: true }),
      destination: list(destinationNat, 'Destination NAT', { object: 'Destination NAT', key: 'name', ordered: true }),
      static: list(staticNat, 'Static NAT', { object: 'Static NAT', key: 'name', ordered: true }),
    })
    .prefault({})
    .meta({ label: 'NAT' }),
  dns,
  ntp,
  flow: z
    .strictObject({
      timeouts,
      synCheck: field(z.boolean().default(true), 'SYN check', 'A TCP session must begin with a SYN.'),
      policyRematch: field(
        z.enum(['close', 'keep']).default('close'),
        'Sessions after a commit',
        'What happens to a session that the new policies no longer permit.',
      ),
    })
    .prefault({})
    .meta({ label: 'Sessions' }),
});

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type Policy = Config['policies'][number];
export type Zone = Config['zones'][number];
export type Address = Config['addresses'][number];
export type Role = Config['users'][number]['role'];

/** The configuration of a box that was never configured: nothing is admitted, nothing forwarded. */
export function emptyConfig(): Config {
  return configSchema.parse({});
}
