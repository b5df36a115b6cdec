/** Pure: the configurations that the console makes for somebody who can not reach the page. */
import {
  admitsPage,
  type Config,
  configSchema,
  firstOf,
  formatIp,
  lastOf,
  networkOf,
  type Prefix,
  parseCidr,
  parseIp,
  prefixContains,
  rename,
  zoneOfInterface,
} from '@gatehouse/config';

/** Ids follow the name that they were made from, so that a later object of that name finds its id free. */
function renameInterface(config: Config, from: string, to: string): Config {
  const copy = rename(config, 'interface', from, to);
  for (const item of copy.interfaces) if (item.name === to && item.id === from) item.id = to;
  for (const item of copy.routerAdvertisements) if (item.interface === to && item.id === from) item.id = to;
  return copy;
}

/** The two devices change places: addresses, zones, services and routes. One of them may have none of these. */
export function exchange(config: Config, a: string, b: string): Config {
  const between = '\0';
  const three = [
    [a, between],
    [b, a],
    [between, b],
  ] as const;
  return three.reduce((now, [from, to]) => renameInterface(now, from, to), config);
}

/** Without an interface, its VLANs, and what can not be without it. */
export function withoutInterface(config: Config, name: string): Config {
  const copy = structuredClone(config);
  const gone = new Set([name, ...copy.interfaces.filter((item) => item.parent === name).map((item) => item.name)]);
  const stays = (item: { interface?: string }) => item.interface === undefined || !gone.has(item.interface);
  copy.interfaces = copy.interfaces.filter((item) => !gone.has(item.name));
  for (const item of copy.interfaces) if (gone.has(item.delegatedFrom ?? '')) delete item.delegatedFrom;
  for (const zone of copy.zones) zone.interfaces = zone.interfaces.filter((item) => !gone.has(item));
  copy.routes = copy.routes.filter(stays);
  copy.routerAdvertisements = copy.routerAdvertisements.filter(stays);
  copy.dhcpServer.ipv4 = copy.dhcpServer.ipv4.filter(stays);
  copy.dhcpServer.ipv6 = copy.dhcpServer.ipv6.filter(stays);
  for (const service of [copy.dns, copy.ntp]) {
    const left = service.interfaces.filter((item) => !gone.has(item));
    if (service.interfaces.length > 0 && left.length === 0) service.enabled = false;
    service.interfaces = left;
  }
  return copy;
}

/** The interface over which the page is meant to be reached: the first one that is on, has an address and a zone with the page. */
export function managementInterface(config: Config): Config['interfaces'][number] | undefined {
  return config.interfaces.find((item) => item.enabled && item.addresses.length > 0 && admitsPage(config, item.name));
}

const at = (network: Prefix, offset: number): string =>
  formatIp({ ...network, value: firstOf(network) + BigInt(offset) });

/** What DHCP gives out in the network of this address, which stays out of it; null when the network is too small. */
export function rangeFor(address: string): string | null {
  const own = parseCidr(address);
  if (own?.family !== 4 || own.length > 29) return null;
  const network = networkOf(own);
  const size = Math.min(256, Number(lastOf(network) - firstOf(network)) + 1);
  const choices =
    size === 256
      ? [
          [100, 199],
          [10, 99],
        ]
      : [
          [size / 2, size - 2],
          [1, size / 2 - 1],
        ];
  const offset = Number(own.value - firstOf(network));
  const [first, last] = choices.find(([low = 0, high = 0]) => offset < low || offset > high) as [number, number];
  return `${at(network, first)}-${at(network, last)}`;
}

/** Scopes of a device fit to its new network; reservations of no network go. */
function moveScopes(config: Config, device: string, before: readonly string[], address: string): void {
  const network = parseCidr(address);
  const old = before.flatMap((text) => parseCidr(text) ?? []);
  const inNew = (text: string) =>
    network !== null && prefixContains(networkOf(network), parseIp(text) ?? { family: 6, value: 0n });
  config.dhcpServer.ipv4 = config.dhcpServer.ipv4.filter((scope) => {
    if (scope.interface !== device) return true;
    if (scope.ranges.every((range) => range.split('-').every(inNew))) return true;
    const range = rangeFor(address);
    scope.ranges = range ? [range] : [];
    delete scope.gateway;
    scope.dnsServers = [];
    return range !== null;
  });
  config.dhcpServer.reservations = config.dhcpServer.reservations.filter((item) => {
    const ip = parseIp(item.address);
    return !ip || inNew(item.address) || !old.some((prefix) => prefixContains(networkOf(prefix), ip));
  });
}

export type Assignment = {
  device: string;
  /** IPv4 or IPv6, with prefix length. */
  address: string;
  /** For a device that is in none; made when there is none of that name. */
  zone: string;
  /** Begin to hand out addresses, when nothing does it yet. */
  dhcp: boolean;
};

/** The page can be reached at this address, on this device. */
export function assign(config: Config, { device, address, zone, dhcp }: Assignment): Config {
  const copy = structuredClone(config);
  let item = copy.interfaces.find((one) => one.name === device);
  if (!item) {
    const [fresh] = configSchema.parse({ interfaces: [{ name: device, description: 'Management' }] }).interfaces;
    item = fresh as Config['interfaces'][number];
    copy.interfaces.push(item);
  }
  const family = parseCidr(address)?.family;
  const before = item.addresses;
  item.enabled = true;
  if (family === 4) item.ipv4 = 'static';
  else item.ipv6 = 'static';
  item.addresses = [address, ...before.filter((text) => parseCidr(text)?.family !== family)];
  if (family === 4 && !before.includes(address)) moveScopes(copy, device, before, address);
  let home = zoneOfInterface(copy, device) ?? copy.zones.find((one) => one.name === zone);
  if (!home) {
    home = configSchema.parse({ zones: [{ name: zone }] }).zones[0] as Config['zones'][number];
    copy.zones.push(home);
  }
  if (!home.interfaces.includes(device)) home.interfaces.push(device);
  const range = rangeFor(address);
  const served = copy.dhcpServer.ipv4.some((scope) => scope.interface === device);
  const gives = dhcp && !served && range !== null;
  if (gives) {
    const taken = copy.dhcpServer.ipv4.map((scope) => scope.name);
    const name = taken.includes(device) ? `${device}-console` : device;
    const [scope] = configSchema.parse({ dhcpServer: { ipv4: [{ name, interface: device, ranges: [range] }] } })
      .dhcpServer.ipv4;
    if (scope) copy.dhcpServer.ipv4.push(scope);
  }
  if (!home.hostInbound.includes('all'))
    for (const service of ['ping', 'web', ...(gives ? ['dhcp'] : [])])
      if (!home.hostInbound.includes(service)) home.hostInbound.push(service);
  return copy;
}
