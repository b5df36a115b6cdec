/** The lists of the configuration that have a page: their place in the tree, what a new item looks like, who may be named where. */
import {
  type Change,
  type Config,
  configTree,
  hostServices,
  type ListNode,
  type Node,
  predefinedApplicationNames,
  type ReferencedType,
  rename,
  type TreeField,
} from '@gatehouse/config';

export type Item = Record<string, unknown> & { id: string; name?: string };
export type ListName =
  | 'interfaces'
  | 'routes'
  | 'zones'
  | 'screens'
  | 'addresses'
  | 'addressGroups'
  | 'applications'
  | 'applicationGroups'
  | 'policies'
  | 'certificates'
  | 'users'
  | 'nat.source'
  | 'nat.destination'
  | 'nat.static'
  | 'nat.pools'
  | 'dhcpServer.ipv4'
  | 'dhcpServer.ipv6'
  | 'dhcpServer.reservations'
  | 'routerAdvertisements';

export const pathOf = (list: ListName): string[] => list.split('.');

/** The items of a list, in place. */
export function itemsOf(config: Config, list: ListName): Item[] {
  let value: unknown = config;
  for (const key of pathOf(list)) value = (value as Record<string, unknown>)[key];
  return value as Item[];
}

/** The schema's description of a list. */
export function describe(list: ListName): TreeField & { node: ListNode } {
  let fields = configTree.fields;
  let found: TreeField | undefined;
  for (const key of pathOf(list)) {
    found = fields.find((field) => field.key === key);
    if (found?.node.kind === 'object') fields = found.node.fields;
  }
  return found as TreeField & { node: ListNode };
}

/** Lists whose items are named by others: renaming takes the references along. */
export const REFERENCED: Partial<Record<ListName, ReferencedType>> = {
  zones: 'zone',
  interfaces: 'interface',
  addresses: 'address',
  addressGroups: 'address',
  applications: 'application',
  applicationGroups: 'application',
  screens: 'screen',
  'nat.pools': 'pool',
  certificates: 'certificate',
};

/** What else shares the names of a list: an address and an address group are named in the same places. */
const SHARED: readonly (readonly ListName[])[] = [
  ['addresses', 'addressGroups'],
  ['applications', 'applicationGroups'],
];

/** Does another object have this name already? */
export function isTaken(config: Config, list: ListName, id: string, name: string): boolean {
  const lists = SHARED.find((group) => group.includes(list)) ?? [list];
  return lists.some((other) =>
    itemsOf(config, other).some((item) => item.name === name && (item.id !== id || other !== list)),
  );
}

/** A copy in which the object has another name, and all that name it follow. The new name must be free, or two objects become one. */
export function renamed(config: Config, list: ListName, id: string, to: string): Config {
  const type = REFERENCED[list];
  const from = itemsOf(config, list).find((item) => item.id === id)?.name;
  const copy = type && from ? rename(config, type, from, to) : structuredClone(config);
  const item = itemsOf(copy, list).find((other) => other.id === id);
  if (item) item.name = to;
  return copy;
}

/** Puts an item at another place of its list, in place; places beyond the ends mean the ends. Its new place, null when nothing moved. */
export function moveItem(config: Config, list: ListName, id: string, to: number): number | null {
  const items = itemsOf(config, list);
  const at = items.findIndex((item) => item.id === id);
  const target = Math.min(Math.max(to, 0), items.length - 1);
  if (at < 0 || at === target) return null;
  items.splice(target, 0, ...items.splice(at, 1));
  return target;
}

/** The changes of the items of a list, by the item's id. */
export function changesOf(changes: readonly Change[], list: ListName): Map<string, Change[]> {
  const prefix = pathOf(list).join('/');
  const ofList = changes.filter((change) => change.path.slice(0, -1).join('/') === prefix);
  return Map.groupBy(ofList, (change) => change.id);
}

/** Random, because a name may be given again while old log entries still carry the id. Works without a secure context. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** "new-policy", "new-policy-2", ... */
export function freeName(items: readonly Item[], base: string): string {
  const taken = new Set(items.map((item) => item.name));
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}-${i}`;
    if (!taken.has(name)) return name;
  }
}

const ANY = { source: ['any'], destination: ['any'], application: ['any'] };
const SCOPE = {
  enabled: true,
  interface: '',
  ranges: [],
  dnsServers: [],
  ntpServers: [],
  domainSearch: [],
  leaseSeconds: 43_200,
  options: [],
};
const NEW: Record<ListName, () => Record<string, unknown>> = {
  interfaces: () => ({ name: 'eth0', type: 'ethernet', enabled: true, addresses: [] }),
  routes: () => ({ destination: '0.0.0.0/0', type: 'unicast' }),
  zones: () => ({ name: 'new-zone', interfaces: [], hostInbound: [] }),
  screens: () => ({ name: 'new-screen', land: true, synFin: true, noFlag: true, finNoAck: true }),
  addresses: () => ({ name: 'new-address', type: 'host', address: '' }),
  addressGroups: () => ({ name: 'new-group', members: [] }),
  applications: () => ({ name: 'new-application', terms: [{ protocol: 'tcp', destinationPort: '' }] }),
  applicationGroups: () => ({ name: 'new-group', members: [] }),
  policies: () => ({
    name: 'new-policy',
    enabled: true,
    from: ['any'],
    to: ['any'],
    ...ANY,
    action: 'permit',
    log: { init: false, close: false },
  }),
  certificates: () => ({ name: 'new-certificate', certificate: '' }),
  users: () => ({ name: 'new-user', role: 'read-only', passwordHash: '', disabled: false }),
  'nat.source': () => ({
    name: 'new-source-nat',
    enabled: true,
    from: ['any'],
    to: ['any'],
    ...ANY,
    translation: { type: 'interface' },
  }),
  'nat.destination': () => ({
    name: 'new-destination-nat',
    enabled: true,
    from: ['any'],
    source: ['any'],
    destination: [],
    protocol: 'tcp',
    port: '',
    translation: { address: '' },
  }),
  'nat.static': () => ({ name: 'new-static-nat', enabled: true, from: ['any'], external: '', internal: '' }),
  'nat.pools': () => ({ name: 'new-pool', addresses: [], ports: '1024-65535' }),
  'dhcpServer.ipv4': () => ({ name: 'new-scope', ...SCOPE }),
  'dhcpServer.ipv6': () => ({ name: 'new-scope', mode: 'stateful', ...SCOPE }),
  'dhcpServer.reservations': () => ({ name: 'new-reservation', enabled: true, address: '' }),
  routerAdvertisements: () => ({
    interface: '',
    enabled: true,
    prefixes: [],
    autonomous: true,
    managed: false,
    otherConfig: false,
    routerLifetime: 1800,
    preference: 'medium',
    maxInterval: 600,
    validLifetime: 86_400,
    preferredLifetime: 14_400,
    dnsServers: [],
    domainSearch: [],
  }),
};

/** A new item with an id of its own and a free name. `over` wins. */
export function newItem(items: readonly Item[], list: ListName, over: Record<string, unknown> = {}): Item {
  const item = { id: newId(), ...NEW[list](), ...over } as Item;
  if (item.name !== undefined) item.name = freeName(items, item.name);
  return item;
}

/** A new entry of a list inside of an object: what must be there, with the first choice where there is one. */
export function blankEntry(node: Node): unknown {
  if (node.kind !== 'object') return '';
  const wanted = node.fields.filter((field) => !field.optional && field.fallback === undefined);
  return Object.fromEntries(
    wanted.map(({ key, node: inner }) => {
      if (key === 'id') return [key, newId()];
      return [key, inner.kind === 'list' ? [] : inner.kind === 'scalar' ? (inner.values?.[0] ?? '') : {}];
    }),
  );
}

/** Fields that take literals beside the names they are offered. */
export const OPEN_FIELDS: ReadonlySet<string> = new Set(['source', 'destination']);

/** What an entry of a field means, in a few words. */
export function noteOf(key: string, entry: string): string | undefined {
  return key === 'hostInbound' ? hostServices.find((service) => service.name === entry)?.text : undefined;
}

/** What a field may name; null = anything. */
export function optionsFor(config: Config, list: ListName | null, key: string): string[] | null {
  const named = (items: readonly { name: string }[]) => items.map((item) => item.name);
  const addresses = () => [...named(config.addresses), ...named(config.addressGroups)];
  const applications = () => [
    ...named(config.applications),
    ...named(config.applicationGroups),
    ...predefinedApplicationNames,
  ];
  switch (key) {
    case 'from':
    case 'to':
      return list === 'addresses' ? null : ['any', ...named(config.zones)];
    case 'source':
    case 'destination':
      return list === 'routes' ? null : ['any', 'any-ipv4', 'any-ipv6', ...addresses()];
    case 'application':
      return ['any', ...applications()];
    case 'members':
      return list === 'addressGroups' ? addresses() : applications();
    case 'interfaces':
      return named(config.interfaces);
    case 'interface':
      return named(config.interfaces);
    case 'parent':
      return named(config.interfaces.filter((item) => item.type === 'ethernet'));
    case 'screen':
      return named(config.screens);
    case 'certificate':
      return list === 'certificates' ? null : named(config.certificates);
    case 'pool':
      return named(config.nat.pools);
  }
  return null;
}
