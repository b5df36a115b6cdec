/** Objects that work as they are: a scope for a network that has none, a reservation out of a lease. Pure. */
import {
  type Config,
  formatIp,
  networksOf,
  parseCidr,
  parseIp,
  prefixContains,
  type ServedNetwork,
} from '@gatehouse/config';
import type { AppRouter } from '@gatehouse/daemon/router';
import type { inferRouterOutputs } from '@trpc/server';

export type Lease = inferRouterOutputs<AppRouter>['dhcp']['leases'][number];

const ROOM = 16n;
const MOST = 100n;

/** A range in the upper part of the network, up to a hundred addresses, without the box. Undefined when the network is too small. */
export function suggestRange(
  network: { family: 4 | 6; value: bigint; length: number },
  box: bigint,
): string | undefined {
  const { family, value, length } = network;
  const size = 1n << BigInt((family === 4 ? 32 : 128) - length);
  if (size < ROOM) return undefined;
  // where people look for it: .100 to .199 in a /24, ::1000 in a /64
  const first = family === 6 ? value + 0x1000n : value + (size >= 256n ? 100n : size / 2n);
  const last = family === 6 ? first + 0xfffn : first + (size >= 256n ? MOST : size / 2n - 1n) - 1n;
  if (box < first || box > last) return [first, last].map((at) => formatIp({ family, value: at })).join('-');
  return box === last ? undefined : [box + 1n, last].map((at) => formatIp({ family, value: at })).join('-');
}

/** Interfaces with a network of the family; not those that a default route leads out of: theirs is the provider's network. */
function inside(config: Config, family: 4 | 6): { name: string; served: ServedNetwork }[] {
  const routers = config.routes
    .filter((route) => parseCidr(route.destination)?.length === 0)
    .flatMap((route) => parseIp(route.nextHop ?? '') ?? []);
  return config.interfaces.flatMap(({ name }) => {
    const [served] = networksOf(config, name, family);
    return served && !routers.some((router) => prefixContains(served.network, router)) ? [{ name, served }] : [];
  });
}

/** For the first network that no scope serves, with a range of it. */
export function suggestScope(config: Config, family: 4 | 6): Record<string, unknown> {
  const scopes = family === 4 ? config.dhcpServer.ipv4 : config.dhcpServer.ipv6;
  const free = inside(config, family).find(({ name }) => !scopes.some((scope) => scope.interface === name));
  if (!free) return {};
  const range = suggestRange(free.served.network, free.served.box.value);
  return { name: free.name, interface: free.name, ranges: range === undefined ? [] : [range] };
}

/** For the first IPv6 network where nothing is advertised; clients are sent to the scope that is there. */
export function suggestAdvertisement(config: Config): Record<string, unknown> {
  const taken = config.routerAdvertisements.map((item) => item.interface);
  const delegated = config.interfaces.filter((item) => item.delegatedFrom !== undefined);
  const free = [...inside(config, 6), ...delegated].find(({ name }) => !taken.includes(name));
  const scope = config.dhcpServer.ipv6.find((item) => item.enabled && item.interface === free?.name);
  return {
    interface: free?.name ?? '',
    ...(scope ? { [scope.mode === 'stateful' ? 'managed' : 'otherConfig']: true } : {}),
  };
}

/** What makes a lease stay: the address, and what the client is known by. */
export function reservationFor(lease: Lease): Record<string, unknown> {
  const { address, family, mac, clientId, duid, hostName } = lease;
  const label = hostName?.split('.')[0] ?? '';
  const known = family === 6 && duid !== null ? { duid } : mac !== null ? { mac } : { clientId: clientId ?? undefined };
  return {
    name: /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(label) ? label : `host-${address.replaceAll(/[.:]+/g, '-')}`,
    address,
    ...known,
  };
}
