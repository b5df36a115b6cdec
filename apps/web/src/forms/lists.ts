/** The lists of the configuration that have a page: their place in the tree, what a new item looks like, who may be named where. */
import {
  type Config,
  configTree,
  hostServiceNames,
  type ListNode,
  predefinedApplicationNames,
  type ReferencedType,
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
  | 'users'
  | 'nat.source'
  | 'nat.destination'
  | 'nat.static'
  | 'nat.pools';

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
};

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
};

/** A new item with an id of its own and a free name. `over` wins. */
export function newItem(items: readonly Item[], list: ListName, over: Record<string, unknown> = {}): Item {
  const item = { id: newId(), ...NEW[list](), ...over } as Item;
  if (item.name !== undefined) item.name = freeName(items, item.name);
  return item;
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
    case 'pool':
      return named(config.nat.pools);
    case 'hostInbound':
      return [...hostServiceNames];
  }
  return null;
}
