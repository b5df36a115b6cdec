/** Links, addresses and routes as the kernel has them, through `ip -json`. */
import { programPath, run } from '../../process/run.ts';
import type { AddressFact, InterfaceFact } from '../subsystem.ts';

type IpLink = {
  ifindex: number;
  ifname: string;
  flags: string[];
  mtu: number;
  link_type: string;
  address?: string;
  link_index?: number;
  link?: string;
  linkinfo?: { info_kind?: string; info_data?: { id?: number } };
  addr_info: {
    family: 'inet' | 'inet6';
    local?: string;
    prefixlen: number;
    broadcast?: string;
    scope: string;
    dynamic?: boolean;
    noprefixroute?: boolean;
  }[];
};

export type RouteFact = {
  family: 4 | 6;
  /** Prefix with length; "0.0.0.0/0" and "::/0" for the default route. */
  destination: string;
  type: string;
  nextHop?: string;
  interface?: string;
  metric?: number;
};

async function ip(args: string[]): Promise<unknown[]> {
  const { stdout } = await run(programPath('ip'), ['-json', ...args]);
  return stdout.trim() ? (JSON.parse(stdout) as unknown[]) : [];
}

function addressFact(item: IpLink['addr_info'][number]): AddressFact[] {
  if (!item.local) return [];
  return [
    {
      family: item.family === 'inet' ? 4 : 6,
      address: item.local,
      prefixLength: item.prefixlen,
      ...(item.broadcast ? { broadcast: item.broadcast } : {}),
      scope: item.scope as AddressFact['scope'],
      ...(item.dynamic || item.noprefixroute ? { given: true } : {}),
    },
  ];
}

export async function readInterfaces(): Promise<InterfaceFact[]> {
  const links = (await ip(['-details', 'address', 'show'])) as IpLink[];
  return links.map((link) => ({
    name: link.ifname,
    ifindex: link.ifindex,
    kind: link.linkinfo?.info_kind ?? (link.link_type === 'loopback' ? 'loopback' : 'ethernet'),
    mac: link.link_type === 'ether' ? (link.address ?? null) : null,
    up: link.flags.includes('UP'),
    carrier: link.flags.includes('LOWER_UP'),
    mtu: link.mtu,
    ...(link.linkinfo?.info_kind === 'vlan'
      ? {
          parentIndex: link.link_index ?? links.find((other) => other.ifname === link.link)?.ifindex,
          vlanId: link.linkinfo.info_data?.id,
        }
      : {}),
    addresses: (link.addr_info ?? []).flatMap(addressFact),
  }));
}

type IpRoute = {
  type?: string;
  dst: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
  metric?: number;
  protocol?: string;
};

/** Routes that this daemon set: protocol number 71 (free in iproute2's table). */
export const ROUTE_PROTOCOL = '71';

export async function readOwnRoutes(): Promise<RouteFact[]> {
  const routes: RouteFact[] = [];
  for (const family of [4, 6] as const)
    for (const item of (await ip([
      `-${family}`,
      '-details',
      'route',
      'show',
      'table',
      'all',
      'proto',
      ROUTE_PROTOCOL,
    ])) as IpRoute[]) {
      const any = family === 4 ? '0.0.0.0/0' : '::/0';
      const destination =
        item.dst === 'default' ? any : item.dst.includes('/') ? item.dst : `${item.dst}/${family === 4 ? 32 : 128}`;
      routes.push({
        family,
        destination,
        type: item.type ?? 'unicast',
        ...(item.gateway ? { nextHop: item.gateway } : {}),
        ...(item.dev ? { interface: item.dev } : {}),
        ...(item.metric !== undefined ? { metric: item.metric } : {}),
      });
    }
  return routes;
}
