/** DHCP scopes and reservations: inside of their networks, one of a kind, and reachable by the clients. */
import {
  type Reservation,
  reservationsIn,
  type Scope4,
  type Scope6,
  type ServedNetwork,
  servedNetwork,
} from '../dhcp.ts';
import { encodeOption, type OptionEntry } from '../dhcp-options.ts';
import { type Issue, issue, type Path } from '../issue.ts';
import { zoneOfInterface } from '../resolve.ts';
import type { Config } from '../schema.ts';
import {
  type Family,
  firstOf,
  formatCidr,
  formatIp,
  lastOf,
  parseIp,
  parseLiteral,
  prefixContains,
} from '../values.ts';
import { missing } from './lookup.ts';

const MAX_SCOPES = 256;
const MAX_RANGES = 64;
const MAX_OPTIONS = 64;
const MAX_RESERVATIONS = 10_000;

const tooMany = (path: Path, list: readonly unknown[], most: number): Issue[] =>
  list.length > most ? [issue(path, list.length, 'are too many', `At most ${most} are possible.`)] : [];

/** The interface exists and is on; its zone lets the clients' questions in. */
export function checkServed(config: Config, path: Path, device: string, services: readonly string[]): Issue[] {
  const found = config.interfaces.find((item) => item.name === device);
  if (!found)
    return [
      missing(
        path,
        device,
        'interface',
        config.interfaces.map((item) => item.name),
      ),
    ];
  const issues: Issue[] = [];
  if (!found.enabled)
    issues.push(
      issue(path, device, 'is switched off, so nobody is served', 'Switch the interface on, or this off.', 'warning'),
    );
  const zone = zoneOfInterface(config, device);
  for (const service of services)
    if (zone && !zone.hostInbound.includes(service) && !zone.hostInbound.includes('all'))
      issues.push(
        issue(
          path,
          device,
          `is in zone ${zone.name}, which does not admit ${service} to the box`,
          `Add ${service} to the services of the box of zone ${zone.name}.`,
          'warning',
        ),
      );
  return issues;
}

function checkRanges(path: Path, ranges: readonly string[], { network, box }: ServedNetwork): Issue[] {
  const issues: Issue[] = tooMany(path, ranges, MAX_RANGES);
  const net = formatCidr(network);
  const seen: { text: string; first: bigint; last: bigint }[] = [];
  // the first and the last address of an IPv4 network are its own (RFC 1812, section 4.2.2.11); the first of IPv6 is the routers' anycast
  const [low, high] =
    network.family === 4 && network.length < 31
      ? [firstOf(network) + 1n, lastOf(network) - 1n]
      : [firstOf(network) + (network.family === 6 ? 1n : 0n), lastOf(network)];
  const example = `${formatIp({ family: network.family, value: low })} to ${formatIp({ family: network.family, value: high })}`;
  ranges.forEach((text, index) => {
    const range = parseLiteral(text);
    if (!range) return;
    const at = [...path, index];
    if (range.family !== network.family || range.first < low || range.last > high)
      issues.push(issue(at, text, `is not inside of ${net}`, `Choose addresses from ${example}.`));
    else if (range.first <= box.value && range.last >= box.value)
      issues.push(
        issue(at, text, `contains the address of the box, ${formatIp(box)}`, 'Begin behind it, or end in front of it.'),
      );
    const clash = seen.find((other) => range.first <= other.last && other.first <= range.last);
    if (clash) issues.push(issue(at, text, `overlaps ${clash.text}`, 'Make one range of them, or move one.'));
    seen.push({ text, first: range.first, last: range.last });
  });
  return issues;
}

function checkOptions(path: Path, family: Family, options: readonly OptionEntry[]): Issue[] {
  const seen = new Set<number>();
  return [
    ...tooMany(path, options, MAX_OPTIONS),
    ...options.flatMap((entry, index) => {
      const result = encodeOption(family, entry);
      if ('field' in result)
        return [issue([...path, index, result.field], entry[result.field], result.message, result.remedy)];
      if (seen.has(result.code))
        return [issue([...path, index, 'option'], entry.option, 'is listed twice', 'Remove one of them.')];
      seen.add(result.code);
      return [];
    }),
  ];
}

/** What both families have in common. `served`: networks that scopes before this one serve. */
function checkScope(
  config: Config,
  path: Path,
  family: Family,
  scope: Scope4 | Scope6,
  served: Map<string, string>,
): { issues: Issue[]; network: ServedNetwork | undefined } {
  const at = (...keys: Path) => [...path, ...keys];
  const services = [family === 4 ? 'dhcp' : 'dhcpv6', ...(scope.dnsServers.length ? [] : ['dns'])];
  const issues = checkServed(config, at('interface'), scope.interface, services);
  issues.push(...checkOptions(at('options'), family, scope.options));
  const network = servedNetwork(config, scope, family);
  if (!network || issues.some((item) => item.severity === 'error')) return { issues, network };
  issues.push(...checkRanges(at('ranges'), scope.ranges, network));
  const stateless = 'mode' in scope && scope.mode === 'stateless';
  if (!stateless && !scope.ranges.length && !reservationsIn(config, network.network).length)
    issues.push(
      issue(at('ranges'), scope.ranges, 'give nobody an address', 'Add a range, or reservations.', 'warning'),
    );
  const key = formatCidr(network.network);
  const other = served.get(key);
  if (other)
    issues.push(issue(at('interface'), scope.interface, `is served by ${other} already`, 'Keep one of the scopes.'));
  served.set(key, scope.name);
  return { issues, network };
}

function checkScope4(config: Config, scope: Scope4, index: number, served: Map<string, string>): Issue[] {
  const path = ['dhcpServer', 'ipv4', index];
  const { issues, network } = checkScope(config, path, 4, scope, served);
  if (!network)
    return issues.some((item) => item.severity === 'error')
      ? issues
      : [
          ...issues,
          issue(
            [...path, 'interface'],
            scope.interface,
            'has no IPv4 address of its own',
            'Give the interface an address: its network is what the scope serves.',
          ),
        ];
  const gateway = scope.gateway === undefined ? null : parseIp(scope.gateway);
  if (gateway && !prefixContains(network.network, gateway))
    issues.push(
      issue(
        [...path, 'gateway'],
        scope.gateway,
        `is not inside of ${formatCidr(network.network)}`,
        'Name a router of this network, or leave it away for the box.',
      ),
    );
  return issues;
}

function checkScope6(config: Config, scope: Scope6, index: number, served: Map<string, string>): Issue[] {
  const path = ['dhcpServer', 'ipv6', index];
  const at = (key: string) => [...path, key];
  const { issues, network } = checkScope(config, path, 6, scope, served);
  if (issues.some((item) => item.severity === 'error')) return issues;
  if (scope.mode === 'stateless') {
    if (scope.ranges.length)
      issues.push(
        issue(at('ranges'), scope.ranges, 'are set, but a stateless scope gives no addresses', 'Remove them.'),
      );
  } else if (!network)
    issues.push(
      issue(
        at('interface'),
        scope.interface,
        'has no IPv6 address of its own',
        'Give the interface an address, or make the mode stateless.',
      ),
    );
  const advertised = config.routerAdvertisements.find((item) => item.enabled && item.interface === scope.interface);
  const [flag, word] =
    scope.mode === 'stateful' ? [advertised?.managed, 'Managed'] : [advertised?.otherConfig, 'Other configuration'];
  if (!flag)
    issues.push(
      issue(
        at('interface'),
        scope.interface,
        'does not advertise that clients shall ask DHCPv6',
        `Switch ${word} on in the router advertisements of ${scope.interface}.`,
        'warning',
      ),
    );
  return issues;
}

/** The identifiers that a server of the family looks at: [field, value]. */
function identifierOf(reservation: Reservation, family: Family): [string, string][] {
  const keys = family === 4 ? (['mac', 'clientId'] as const) : (['mac', 'duid'] as const);
  return keys.flatMap((key) => (reservation[key] === undefined ? [] : [[key, reservation[key]] as [string, string]]));
}

function checkReservations(config: Config, networks: readonly ServedNetwork[]): Issue[] {
  const seen = new Map<string, string>();
  return config.dhcpServer.reservations.flatMap((item, index) => {
    const at = (key: string) => ['dhcpServer', 'reservations', index, key];
    const ip = parseIp(item.address);
    if (!ip) return [];
    const issues: Issue[] = [];
    const identifiers = identifierOf(item, ip.family);
    const wanted = ip.family === 4 ? 'a MAC address or a client id' : 'a DUID or a MAC address';
    const wrong = ip.family === 4 ? 'duid' : 'clientId';
    if (item[wrong] !== undefined)
      issues.push(
        issue(at(wrong), item[wrong], `is of no use for an IPv${ip.family} address`, `Remove it; write ${wanted}.`),
      );
    else if (identifiers.length !== 1)
      issues.push(
        issue(
          at(identifiers[1]?.[0] ?? 'mac'),
          identifiers[1]?.[1],
          identifiers.length ? 'is a second identifier' : 'is missing',
          `Write either ${wanted}.`,
        ),
      );
    if (!item.enabled) return issues;
    const home = networks.find(({ network }) => prefixContains(network, ip));
    if (!home)
      return [
        ...issues,
        issue(
          at('address'),
          item.address,
          'is in no network of a scope',
          'Choose an address of a network that a scope serves.',
        ),
      ];
    const { network, box } = home;
    const ends = ip.family === 4 && network.length < 31 ? [firstOf(network), lastOf(network)] : [];
    if (ip.value === box.value || ends.includes(ip.value))
      issues.push(
        issue(
          at('address'),
          item.address,
          `is the ${ip.value === box.value ? 'address of the box' : 'network or broadcast address'}`,
          'Choose another address.',
        ),
      );
    // the same device may have a place in each network
    const keys: [string, string][] = [
      ['address', item.address],
      ...identifiers.map(([key, value]) => [key, `${value} ${formatCidr(network)}`] as [string, string]),
    ];
    for (const [key, value] of keys) {
      const first = seen.get(`${key} ${value}`);
      if (first !== undefined)
        issues.push(
          issue(at(key), item[key as 'address'], `is already reserved by ${first}`, 'Remove one of the reservations.'),
        );
      seen.set(`${key} ${value}`, item.name);
    }
    return issues;
  });
}

export function checkDhcpServer(config: Config): Issue[] {
  const { ipv4, ipv6, reservations } = config.dhcpServer;
  const on = <T extends { enabled: boolean }>(items: T[], check: (item: T, index: number) => Issue[]) =>
    items.flatMap((item, index) => (item.enabled ? check(item, index) : []));
  const served = new Map<string, string>();
  const issues = [
    ...tooMany(['dhcpServer', 'ipv4'], ipv4, MAX_SCOPES),
    ...tooMany(['dhcpServer', 'ipv6'], ipv6, MAX_SCOPES),
    ...tooMany(['dhcpServer', 'reservations'], reservations, MAX_RESERVATIONS),
    ...on(ipv4, (scope, index) => checkScope4(config, scope, index, served)),
    ...on(ipv6, (scope, index) => checkScope6(config, scope, index, served)),
  ];
  const networks = [
    ...ipv4.filter((scope) => scope.enabled).map((scope) => servedNetwork(config, scope, 4)),
    ...ipv6
      .filter((scope) => scope.enabled && scope.mode === 'stateful')
      .map((scope) => servedNetwork(config, scope, 6)),
  ].filter((network) => network !== undefined);
  return [...issues, ...checkReservations(config, networks)];
}
