/** What a scope serves, as it follows from the interfaces. */
import type { Config } from './schema.ts';
import {
  type Family,
  type Ip,
  networkOf,
  type Prefix,
  parseCidr,
  parseIp,
  parseLiteral,
  prefixContains,
} from './values.ts';

export type Scope4 = Config['dhcpServer']['ipv4'][number];
export type Scope6 = Config['dhcpServer']['ipv6'][number];
export type Reservation = Config['dhcpServer']['reservations'][number];

/** A network of the box, and the box's address in it. */
export type ServedNetwork = { network: Prefix; box: Ip };

/** The networks of an interface, in the order of its addresses. */
export function networksOf(config: Config, device: string, family: Family): ServedNetwork[] {
  const item = config.interfaces.find((candidate) => candidate.name === device);
  return (item?.addresses ?? []).flatMap((text) => {
    const prefix = parseCidr(text);
    if (prefix?.family !== family) return [];
    return [{ network: networkOf(prefix), box: { family, value: prefix.value } }];
  });
}

/** The network that a scope serves: the one that holds its first range, the interface's first one when none does. */
export function servedNetwork(
  config: Config,
  scope: Pick<Scope4, 'interface' | 'ranges'>,
  family: Family,
): ServedNetwork | undefined {
  const networks = networksOf(config, scope.interface, family);
  const range = parseLiteral(scope.ranges[0] ?? '');
  const holder =
    range && networks.find(({ network }) => prefixContains(network, { family: range.family, value: range.first }));
  return holder ?? networks[0];
}

const isUp = (config: Config, device: string): boolean =>
  config.interfaces.some((item) => item.name === device && item.enabled);

/** Reservations that are on and lie in a network, with their parsed addresses. */
export function reservationsIn(config: Config, network: Prefix): { reservation: Reservation; ip: Ip }[] {
  return config.dhcpServer.reservations.flatMap((reservation) => {
    const ip = parseIp(reservation.address);
    return reservation.enabled && ip && prefixContains(network, ip) ? [{ reservation, ip }] : [];
  });
}

/** Scopes that have an effect: on, over an interface that is on. */
export const activeScopes = <T extends Scope4 | Scope6>(config: Config, scopes: readonly T[]): T[] =>
  scopes.filter((scope) => scope.enabled && isUp(config, scope.interface));
