/**
 * unbound.conf(5), for Unbound 1.17 and later. Everything that comes from outside passed parseDomain() or parseIp(): it can not leave its
 * quotes. Files: `unbound.conf` and `control.conf` follow from the configuration; `live/*.conf` from what changes without a commit.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseDomain, parseIp } from '@gatehouse/config';
import type { LeaseName } from '../learned.ts';
import type { Files } from '../rendered.ts';
import type { ResolverPlan } from './plan.ts';

/** RFC 1918, 3927, 4193, 4291 and the box itself: not what a name of the internet has. */
const PRIVATE = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8', '100.64.0.0/10'],
  ...['fc00::/7', 'fe80::/10', '::1/128', '::ffff:0:0/96'],
];
/** Of Debian's dns-root-data; comes anew with each image. */
const TRUST_ANCHOR = '/usr/share/dns/root.key';

export type Places = {
  /** Where live/*.conf stand. */
  live: string;
  /** Unix socket of unbound-control(8). */
  control: string;
  /** Certificates of authorities, PEM, that DNS over TLS trusts. */
  caBundle: string;
};

const quoted = (value: string): string => `"${value}"`;
const dotted = (name: string): string => quoted(`${name}.`);
const yes = (value: boolean): string => (value ? 'yes' : 'no');
const below = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** One address record in presentation format. */
export const addressRecord = (name: string, address: string): string =>
  `${name}. IN ${address.includes(':') ? 'AAAA' : 'A'} ${address}`;

function localLines({ localDomain, hosts, domains, privateDomains }: ResolverPlan): string[] {
  const zones = new Map<string, string>([[localDomain, 'static']]);
  // over Unbound's own answers for special names (RFC 6761) and private reverse zones
  for (const { name } of domains) zones.set(name, 'transparent');
  // a zone of its own, so that no block list above it answers
  for (const { name } of hosts) if (!below(name, localDomain)) zones.set(name, 'transparent');
  return [
    ...[...zones].map(([name, type]) => `  local-zone: ${dotted(name)} ${type}`),
    ...hosts.flatMap(({ name, addresses }) =>
      addresses.flatMap((address) => [
        `  local-data: ${quoted(addressRecord(name, address))}`,
        `  local-data-ptr: ${quoted(`${address} ${name}.`)}`,
      ]),
    ),
    ...domains.map(({ name }) => `  domain-insecure: ${dotted(name)}`),
    ...(privateDomains === null
      ? []
      : [
          ...PRIVATE.map((prefix) => `  private-address: ${prefix}`),
          ...[...domains.map(({ name }) => name), ...privateDomains].map((name) => `  private-domain: ${dotted(name)}`),
        ]),
  ];
}

const asksByTls = ({ forwarders }: ResolverPlan): boolean => forwarders.some((item) => item.tlsHostName !== null);

function forwardLines(plan: ResolverPlan): string[] {
  const { forward, forwarders, domains } = plan;
  const all = forwarders.map(
    ({ address, port, tlsHostName }) =>
      `  forward-addr: ${address}@${port}${tlsHostName === null ? '' : `#${tlsHostName}`}`,
  );
  return [
    ...(forward && all.length > 0
      ? ['forward-zone:', '  name: "."', ...(asksByTls(plan) ? ['  forward-tls-upstream: yes'] : []), ...all]
      : []),
    ...domains.flatMap(({ name, servers }) => [
      'forward-zone:',
      `  name: ${dotted(name)}`,
      ...servers.map((server) => `  forward-addr: ${server}`),
    ]),
  ];
}

/** What live/*.conf are made from: a commit that changes it changes unbound.conf too, so that the resolver reads them anew. */
function liveDigest({ blockLists, blockedAnswer, allowed, leaseNames }: ResolverPlan): string {
  const text = JSON.stringify([blockLists, blockedAnswer, allowed, leaseNames]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function renderResolver(plan: ResolverPlan, directory: string, places: Places): Files {
  const lines = [
    'server:',
    ...['127.0.0.1', '::1', ...plan.listen].map((address) => `  interface: ${address}`),
    '  ip-freebind: yes',
    // who may ask is the zones' matter (host-inbound): the pipeline drops the others
    '  access-control: 0.0.0.0/0 allow',
    '  access-control: ::/0 allow',
    '  do-daemonize: no',
    '  username: ""',
    '  chroot: ""',
    '  directory: ""',
    '  pidfile: ""',
    '  use-syslog: no',
    '  logfile: ""',
    '  log-time-ascii: no',
    `  log-queries: ${yes(plan.logQueries)}`,
    '  verbosity: 1',
    '  num-threads: 1',
    '  msg-cache-size: 8m',
    '  rrset-cache-size: 16m',
    '  key-cache-size: 2m',
    '  neg-cache-size: 1m',
    '  edns-buffer-size: 1232',
    '  prefetch: yes',
    '  qname-minimisation: yes',
    '  hide-identity: yes',
    '  hide-version: yes',
    '  harden-glue: yes',
    '  harden-dnssec-stripped: yes',
    '  extended-statistics: yes',
    ...(asksByTls(plan) ? [`  tls-cert-bundle: ${quoted(places.caBundle)}`] : []),
    `  module-config: ${quoted(plan.dnssec ? 'validator iterator' : 'iterator')}`,
    ...(plan.dnssec ? [`  trust-anchor-file: ${quoted(TRUST_ANCHOR)}`] : []),
    `  # live files of ${liveDigest(plan)}`,
    ...localLines(plan),
    ...forwardLines(plan),
    `include: ${quoted(join(directory, 'control.conf'))}`,
    `include: ${quoted(join(places.live, '*.conf'))}`,
  ];
  const control = ['remote-control:', '  control-enable: yes', `  control-interface: ${quoted(places.control)}`];
  return new Map([
    ['unbound.conf', `${lines.join('\n')}\n`],
    ['control.conf', `${control.join('\n')}\n  control-use-cert: no\n`],
  ]);
}

/** Records of names that hosts gave with their lease: one label in the local domain, never over a name or address of the configuration. */
export function leaseRecords(plan: ResolverPlan, leases: readonly LeaseName[]): Map<string, string[]> {
  const records = new Map<string, string[]>();
  if (!plan.leaseNames) return records;
  const taken = new Set(plan.hosts.flatMap((host) => [host.name, ...host.addresses]));
  for (const { name, address } of leases) {
    const label = parseDomain(name.split('.')[0] ?? '');
    const full = label === null ? null : parseDomain(`${label}.${plan.localDomain}`);
    if (full === null || taken.has(full) || taken.has(address) || !parseIp(address)) continue;
    records.set(full, [...new Set([...(records.get(full) ?? []), address])]);
  }
  return records;
}

export const renderLeases = (records: ReadonlyMap<string, readonly string[]>): string =>
  [
    'server:',
    ...[...records].flatMap(([name, addresses]) =>
      addresses.flatMap((address) => [
        `  local-data: ${quoted(addressRecord(name, address))}`,
        `  local-data-ptr: ${quoted(`${address} ${name}.`)}`,
      ]),
    ),
    '',
  ].join('\n');

/** Blocked names and the exceptions below them. Names of the configuration's own are not blocked. */
export function renderBlocked(plan: ResolverPlan, blocked: Iterable<string>, exceptions: Iterable<string>): string {
  const type = plan.blockedAnswer === 'nxdomain' ? 'always_nxdomain' : 'always_null';
  const own = new Set([...plan.hosts, ...plan.domains].map((item) => item.name).concat(plan.localDomain));
  const allowed = new Set([...plan.allowed, ...exceptions].filter((name) => !own.has(name)));
  const lines = ['server:'];
  for (const name of allowed) lines.push(`  local-zone: ${dotted(name)} always_transparent`);
  for (const name of blocked)
    if (!own.has(name) && !hasAncestor(allowed, name)) lines.push(`  local-zone: ${dotted(name)} ${type}`);
  return `${lines.join('\n')}\n`;
}

/** Is the name or one of its parents in the set? */
export function hasAncestor(set: ReadonlySet<string>, name: string): boolean {
  for (let at = 0; at >= 0; at = name.indexOf('.', at) + 1 || -1) if (set.has(name.slice(at))) return true;
  return false;
}

/** The forwarders that DHCP told, where the configuration names none. */
export function renderLearned(plan: ResolverPlan, servers: readonly string[]): string {
  const known = servers.filter((server) => parseIp(server));
  if (!plan.forward || plan.forwarders.length > 0 || known.length === 0) return '';
  return `${['forward-zone:', '  name: "."', ...known.map((server) => `  forward-addr: ${server}`)].join('\n')}\n`;
}
