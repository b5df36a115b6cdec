/** Pure: the configuration's scopes and reservations as Kea's subnets, pools, options and reservations. */
import {
  activeScopes,
  type Config,
  encodeOption,
  type Family,
  formatCidr,
  formatIp,
  type OptionEntry,
  type Prefix,
  type Reservation,
  reservationsIn,
  type Scope4,
  type Scope6,
  type ServedNetwork,
  servedNetwork,
} from '@gatehouse/config';
import type { Facts } from '../subsystem.ts';

/** An option in Kea's words: by name as text, or by code as bytes. */
export type KeaOption = { name: string; data: string } | { code: number; 'csv-format': false; data: string };
export type KeaReservation = { hostname: string; addresses: string[] } & (
  | { 'hw-address': string }
  | { 'client-id': string }
  | { duid: string }
);
export type Subnet = {
  /** Stands in every lease, so it must stay the same for the same network. */
  id: number;
  scope: string;
  interface: string;
  subnet: string;
  pools: string[];
  leaseSeconds: number;
  options: KeaOption[];
  reservations: KeaReservation[];
};
/** Clients of an interface that are given options alone (stateless DHCPv6). */
export type OptionsOnly = { scope: string; interface: string; options: KeaOption[] };
export type DhcpPlan = { family: Family; subnets: Subnet[]; optionsOnly: OptionsOnly[] };

/** Kea's subnet ids are 1 to 2^32 - 2. An IPv4 network is its own number; an IPv6 network is hashed (FNV-1a). */
export function subnetId(network: Prefix, taken: ReadonlySet<number> = new Set()): number {
  let id = Number(network.value & 0xffffffffn);
  if (network.family === 6) {
    id = 0x811c9dc5;
    for (const character of formatCidr(network)) id = Math.imul(id ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  while (id === 0 || id === 0xffffffff || taken.has(id)) id = (id + 1) % 0xffffffff;
  return id;
}

const listed = (name: string, values: readonly string[]): KeaOption[] =>
  values.length ? [{ name, data: values.join(', ') }] : [];

function further(family: Family, entries: readonly OptionEntry[]): KeaOption[] {
  return entries.flatMap((entry) => {
    const option = encodeOption(family, entry);
    return 'field' in option ? [] : [{ code: option.code, 'csv-format': false as const, data: option.hex }];
  });
}

function options4(scope: Scope4, { box }: ServedNetwork): KeaOption[] {
  const own = formatIp(box);
  return [
    ...listed('routers', [scope.gateway ?? own]),
    ...listed('domain-name-servers', scope.dnsServers.length ? scope.dnsServers : [own]),
    ...listed('ntp-servers', scope.ntpServers),
    ...listed('domain-name', scope.domainName === undefined ? [] : [scope.domainName]),
    ...listed('domain-search', scope.domainSearch),
    ...further(4, scope.options),
  ];
}

function options6(scope: Scope6, own: string | null): KeaOption[] {
  const box = own === null ? [] : [own];
  return [
    ...listed('dns-servers', scope.dnsServers.length ? scope.dnsServers : box),
    ...listed('sntp-servers', scope.ntpServers),
    ...listed('domain-search', scope.domainSearch),
    ...further(6, scope.options),
  ];
}

function reservationOf(reservation: Reservation): KeaReservation {
  const common = { hostname: reservation.hostName ?? reservation.name, addresses: [reservation.address] };
  if (reservation.mac !== undefined) return { 'hw-address': reservation.mac, ...common };
  if (reservation.duid !== undefined) return { duid: reservation.duid, ...common };
  return { 'client-id': reservation.clientId ?? '', ...common };
}

function subnetOf(
  config: Config,
  scope: Scope4 | Scope6,
  { network }: ServedNetwork,
  options: KeaOption[],
  taken: Set<number>,
): Subnet {
  const id = subnetId(network, taken);
  taken.add(id);
  return {
    id,
    scope: scope.name,
    interface: scope.interface,
    subnet: formatCidr(network),
    pools: scope.ranges,
    leaseSeconds: scope.leaseSeconds,
    options,
    reservations: reservationsIn(config, network).map(({ reservation }) => reservationOf(reservation)),
  };
}

export function planDhcp4(config: Config): DhcpPlan | null {
  const taken = new Set<number>();
  const subnets = activeScopes(config, config.dhcpServer.ipv4).flatMap((scope) => {
    const served = servedNetwork(config, scope, 4);
    return served ? [subnetOf(config, scope, served, options4(scope, served), taken)] : [];
  });
  return subnets.length ? { family: 4, subnets, optionsOnly: [] } : null;
}

/** The box's address on a link for IPv6 clients: its first own one, else the link-local one that the kernel made. */
export function ownAddress6(config: Config, facts: Facts, device: string): string | null {
  const own = servedNetwork(config, { interface: device, ranges: [] }, 6);
  if (own) return formatIp(own.box);
  const fact = facts.interfaces.find((item) => item.name === device);
  return fact?.addresses.find((item) => item.family === 6 && item.scope === 'link')?.address ?? null;
}

export function planDhcp6(config: Config, facts: Facts): DhcpPlan | null {
  const scopes = activeScopes(config, config.dhcpServer.ipv6);
  const taken = new Set<number>();
  const subnets = scopes
    .filter((scope) => scope.mode === 'stateful')
    .flatMap((scope) => {
      const served = servedNetwork(config, scope, 6);
      return served ? [subnetOf(config, scope, served, options6(scope, formatIp(served.box)), taken)] : [];
    });
  const optionsOnly = scopes
    .filter((scope) => scope.mode === 'stateless')
    .map((scope) => ({
      scope: scope.name,
      interface: scope.interface,
      options: options6(scope, ownAddress6(config, facts, scope.interface)),
    }));
  return subnets.length + optionsOnly.length ? { family: 6, subnets, optionsOnly } : null;
}
