/** Pure: what the configuration asks of links, addresses, routes and sysctls, and the steps from what is to what shall be. */
import { type Config, formatIp, parseCidr, parseIp, prefixContains } from '@gatehouse/config';
import type { InterfaceFact } from '../subsystem.ts';
import type { Sysctl } from '../sysctl.ts';
import type { RouteFact } from './read.ts';

export type WantedLink = {
  name: string;
  vlan?: { parent: string; id: number };
  up: boolean;
  mtu?: number;
  /** Canonical address/length. */
  addresses: string[];
  /** Families whose further addresses come from the network and are not ours to touch. */
  given: (4 | 6)[];
};
export type WantedRoute = {
  family: 4 | 6;
  destination: string;
  type: string;
  nextHop?: string;
  interface?: string;
  metric?: number;
};
export type NetworkPlan = {
  hostName: string;
  links: WantedLink[];
  routes: WantedRoute[];
  /** Interfaces that have no device: only in a plan that must do with what there is. */
  missing: string[];
};

/** One call of `ip`, and the call that takes it back. */
export type Step = { args: string[]; undo: string[] | null; about: string };

function givenFamilies(item: Config['interfaces'][number]): (4 | 6)[] {
  const six = item.ipv6 !== 'static' || item.delegatedFrom !== undefined;
  return [...(item.ipv4 === 'dhcp' ? [4 as const] : []), ...(six ? [6 as const] : [])];
}

export function planNetwork(config: Config): NetworkPlan {
  return {
    hostName: config.system.hostName,
    missing: [],
    links: config.interfaces.map((item) => ({
      name: item.name,
      ...(item.type === 'vlan' && item.parent !== undefined && item.vlanId !== undefined
        ? { vlan: { parent: item.parent, id: item.vlanId } }
        : {}),
      up: item.enabled,
      ...(item.mtu === undefined ? {} : { mtu: item.mtu }),
      addresses: item.addresses,
      given: givenFamilies(item),
    })),
    routes: config.routes.map((item) => ({
      family: item.destination.includes(':') ? 6 : 4,
      destination: item.destination,
      type: item.type,
      ...(item.nextHop === undefined ? {} : { nextHop: item.nextHop }),
      ...(item.interface === undefined ? {} : { interface: item.interface }),
      ...(item.metric === undefined ? {} : { metric: item.metric }),
    })),
  };
}

/** What of a plan can stand on the devices that there are: links without a device go, and the routes that lead over them. */
export function withoutMissing(plan: NetworkPlan, missing: readonly string[]): NetworkPlan {
  const links = plan.links.filter((link) => !missing.includes(link.vlan?.parent ?? link.name));
  const networks = links.flatMap((link) => link.addresses.flatMap((text) => parseCidr(text) ?? []));
  const canStand = (route: WantedRoute) => {
    if (route.interface !== undefined) return links.some((link) => link.name === route.interface);
    const hop = route.nextHop === undefined ? null : parseIp(route.nextHop);
    return hop === null || networks.some((network) => prefixContains(network, hop));
  };
  return { ...plan, links, routes: plan.routes.filter(canStand), missing: [...missing] };
}

const canonical = (address: string, length: number): string => {
  const parsed = parseIp(address);
  return `${parsed ? formatIp(parsed) : address}/${length}`;
};

/** Without what the network gave, in the families of `given`. */
export const globalAddresses = (fact: InterfaceFact, given: readonly (4 | 6)[] = []): string[] =>
  fact.addresses
    .filter((item) => item.scope !== 'link' && item.scope !== 'host' && !(item.given && given.includes(item.family)))
    .map((item) => canonical(item.address, item.prefixLength));

function addressArgs(verb: 'add' | 'del', address: string, device: string): string[] {
  const v6 = parseCidr(address)?.family === 6;
  const extra = verb === 'add' ? (v6 ? ['nodad'] : ['broadcast', '+']) : [];
  return ['address', verb, address, ...extra, 'dev', device];
}

function linkSteps(wanted: WantedLink, fact: InterfaceFact | undefined, managed: boolean): Step[] {
  const { name } = wanted;
  const steps: Step[] = [];
  const present = new Set(
    fact && (fact.kind !== 'vlan' || !wanted.vlan || fact.vlanId === wanted.vlan.id)
      ? globalAddresses(fact, wanted.given)
      : [],
  );
  if (wanted.vlan && fact && fact.vlanId !== wanted.vlan.id)
    steps.push({ args: ['link', 'delete', 'dev', name], undo: null, about: `remove ${name}` });
  if (wanted.vlan && (!fact || fact.vlanId !== wanted.vlan.id))
    steps.push({
      args: ['link', 'add', 'link', wanted.vlan.parent, 'name', name, 'type', 'vlan', 'id', String(wanted.vlan.id)],
      undo: ['link', 'delete', 'dev', name],
      about: `create ${name}`,
    });
  if (wanted.mtu !== undefined && fact?.mtu !== wanted.mtu)
    steps.push({
      args: ['link', 'set', 'dev', name, 'mtu', String(wanted.mtu)],
      undo: fact ? ['link', 'set', 'dev', name, 'mtu', String(fact.mtu)] : null,
      about: `MTU of ${name}`,
    });
  if (fact?.up !== wanted.up || !fact)
    steps.push({
      args: ['link', 'set', 'dev', name, wanted.up ? 'up' : 'down'],
      undo: fact ? ['link', 'set', 'dev', name, fact.up ? 'up' : 'down'] : null,
      about: `${name} ${wanted.up ? 'up' : 'down'}`,
    });
  // new addresses first, so that a changed one leaves no moment without
  for (const address of wanted.addresses)
    if (!present.has(address))
      steps.push({
        args: addressArgs('add', address, name),
        undo: addressArgs('del', address, name),
        about: `${address} on ${name}`,
      });
  if (managed || wanted.addresses.length)
    for (const address of present)
      if (!wanted.addresses.includes(address))
        steps.push({
          args: addressArgs('del', address, name),
          undo: addressArgs('add', address, name),
          about: `${address} off ${name}`,
        });
  return steps;
}

const routeKey = (route: WantedRoute | RouteFact): string =>
  [route.destination, route.type, route.nextHop ?? '', route.interface ?? '', route.metric ?? ''].join(' ');

/** Is this route there? The kernel adds the device of a next hop and, for IPv6, a metric of 1024. */
export function routeIsThere(wanted: WantedRoute, facts: RouteFact[]): boolean {
  return facts.some(
    (fact) =>
      fact.destination === wanted.destination &&
      fact.type === wanted.type &&
      fact.nextHop === wanted.nextHop &&
      (wanted.interface === undefined || fact.interface === wanted.interface) &&
      (wanted.metric === undefined ? fact.metric === undefined || fact.metric === 1024 : fact.metric === wanted.metric),
  );
}

function routeArgs(verb: 'add' | 'del', route: WantedRoute | RouteFact, protocol: string): string[] {
  return [
    `-${route.family}`,
    'route',
    verb,
    ...(route.type === 'unicast' ? [] : [route.type]),
    route.destination,
    ...(route.nextHop ? ['via', route.nextHop] : []),
    ...(route.interface && route.type === 'unicast' ? ['dev', route.interface] : []),
    ...(route.metric === undefined ? [] : ['metric', String(route.metric)]),
    'proto',
    protocol,
  ];
}

/** All steps. `managed`: devices that an earlier configuration of ours named; those no longer named lose what we gave them. */
export function planSteps(
  plan: NetworkPlan,
  facts: { interfaces: InterfaceFact[]; routes: RouteFact[] },
  managed: ReadonlySet<string>,
  protocol: string,
): Step[] {
  const byName = new Map(facts.interfaces.map((item) => [item.name, item]));
  const steps: Step[] = [];
  const wantedRoutes = new Set(plan.routes.map(routeKey));
  for (const fact of facts.routes)
    if (!wantedRoutes.has(routeKey(fact)) && !plan.routes.some((route) => routeIsThere(route, [fact])))
      steps.push({
        args: routeArgs('del', fact, protocol),
        undo: routeArgs('add', fact, protocol),
        about: `route ${fact.destination} off`,
      });
  const named = new Set(plan.links.map((link) => link.name));
  for (const name of managed) {
    const fact = byName.get(name);
    if (named.has(name) || !fact) continue;
    if (fact.kind === 'vlan')
      steps.push({ args: ['link', 'delete', 'dev', name], undo: null, about: `remove ${name}` });
    else
      for (const address of globalAddresses(fact))
        steps.push({
          args: addressArgs('del', address, name),
          undo: addressArgs('add', address, name),
          about: `${address} off ${name}`,
        });
  }
  for (const link of plan.links) steps.push(...linkSteps(link, byName.get(link.name), managed.has(link.name)));
  for (const route of plan.routes)
    if (!routeIsThere(route, facts.routes))
      steps.push({
        args: routeArgs('add', route, protocol),
        undo: routeArgs('del', route, protocol),
        about: `route ${route.destination}`,
      });
  return steps;
}

/**
 * Sysctls of a managed device. The pipeline has judged every packet; the kernel must take what it is handed (kernel assist), also with a
 * source that SNAT made one of our own.
 */
export function sysctlsOf(device: string): Sysctl[] {
  return [
    [`net/ipv4/conf/${device}/accept_local`, '1'],
    [`net/ipv4/conf/${device}/rp_filter`, '0'],
    [`net/ipv4/conf/${device}/send_redirects`, '0'],
    [`net/ipv4/conf/${device}/accept_redirects`, '0'],
    [`net/ipv4/conf/${device}/arp_ignore`, '1'],
    [`net/ipv6/conf/${device}/accept_ra`, '0'],
    [`net/ipv6/conf/${device}/accept_redirects`, '0'],
    [`net/ipv6/conf/${device}/accept_dad`, '0'],
  ];
}

export const GLOBAL_SYSCTLS: readonly Sysctl[] = [
  ['net/ipv4/conf/all/rp_filter', '0'],
  ['net/ipv4/conf/all/send_redirects', '0'],
];
