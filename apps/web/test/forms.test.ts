/** What the forms do to a draft, without a browser. */
import { type Config, diff, parseConfig, references } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { undone } from '../src/draft/undo.ts';
import {
  blankEntry,
  changesOf,
  describe as describeList,
  freeName,
  isTaken,
  itemsOf,
  type ListName,
  moveItem,
  newItem,
  noteOf,
  optionsFor,
  renamed,
} from '../src/forms/lists.ts';

function config(): Config {
  const parsed = parseConfig({
    interfaces: [{ name: 'eth0' }, { name: 'eth1' }],
    zones: [{ name: 'lan', interfaces: ['eth0'], hostInbound: ['web'] }],
    addresses: [
      { name: 'web', type: 'host', address: '10.0.0.1' },
      { name: 'web-2', type: 'host', address: '10.0.0.2' },
    ],
    addressGroups: [{ name: 'servers', members: ['web', 'web-2'] }],
    policies: [
      { name: 'one', destination: ['web'], action: 'permit' },
      { name: 'two', destination: ['web-2', '192.0.2.1'], action: 'permit' },
      { name: 'three', action: 'deny' },
    ],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.config;
}

describe('names', () => {
  it('an address, a group and nobody else keep a name taken', () => {
    const draft = config();
    expect(isTaken(draft, 'addresses', 'web-2', 'web')).toBe(true);
    expect(isTaken(draft, 'addresses', 'web-2', 'servers')).toBe(true);
    expect(isTaken(draft, 'addresses', 'web', 'web')).toBe(false);
    expect(isTaken(draft, 'addresses', 'web', 'lan')).toBe(false);
    expect(isTaken(draft, 'policies', 'one', 'two')).toBe(true);
  });
  it('a rename takes along what names the object, and nothing else', () => {
    const draft = renamed(config(), 'addresses', 'web-2', 'mail');
    expect(draft.policies.map((policy) => policy.destination)).toEqual([['web'], ['mail', '192.0.2.1'], ['any']]);
    expect(draft.addressGroups[0]?.members).toEqual(['web', 'mail']);
    expect(references(draft, 'address', 'web-2')).toEqual([]);
    expect(draft.addresses.map((item) => item.id)).toEqual(['web', 'web-2']);
  });
  it('an object that nobody may name is renamed alone', () => {
    const draft = renamed(config(), 'policies', 'three', 'rest');
    expect(draft.policies.map((policy) => policy.name)).toEqual(['one', 'two', 'rest']);
  });
  it('new names are free', () => {
    expect(freeName([], 'new')).toBe('new');
    expect(freeName([{ id: 'a', name: 'new' } as never, { id: 'b', name: 'new-2' } as never], 'new')).toBe('new-3');
  });
});

describe('order', () => {
  const names = (draft: Config) => draft.policies.map((policy) => policy.name).join(' ');
  it.each([
    ['one', 1, 'two one three', 1],
    ['one', 99, 'two three one', 2],
    ['three', -5, 'three one two', 0],
    ['two', 1, 'one two three', null],
    ['nobody', 0, 'one two three', null],
  ])('%s to %i', (id, to, expected, place) => {
    const draft = config();
    expect(moveItem(draft, 'policies', id, to)).toBe(place);
    expect(names(draft)).toBe(expected);
  });
});

describe('new objects', () => {
  /** What only a person knows: the fields that are wrong at first. */
  const OPEN: Record<ListName, string[]> = {
    interfaces: [],
    routes: ['nextHop'],
    zones: [],
    screens: [],
    addresses: ['address'],
    addressGroups: [],
    applications: ['terms/0/destinationPort'],
    applicationGroups: [],
    policies: [],
    certificates: ['certificate'],
    users: ['passwordHash'],
    'nat.source': [],
    'nat.destination': ['destination', 'port', 'translation/address'],
    'nat.static': ['external', 'internal'],
    'nat.pools': ['addresses'],
    'dhcpServer.ipv4': ['interface'],
    'dhcpServer.ipv6': ['interface'],
    'dhcpServer.reservations': ['address'],
    routerAdvertisements: ['interface'],
  };
  it.each(Object.entries(OPEN) as [ListName, string[]][])('%s', (list, open) => {
    const draft = config();
    const items = itemsOf(draft, list);
    const place = `/${list.replace('.', '/')}/${items.length}/`;
    const item = newItem(items, list);
    items.push(item);
    const errors = parseConfig(draft).issues.filter((issue) => issue.severity === 'error');
    expect([...new Set(errors.map((issue) => issue.pointer.replace(place, '')))]).toEqual(open);
    const again = newItem(items, list);
    expect(again.id).not.toBe(item.id);
    if (item.name !== undefined) expect(again.name).not.toBe(item.name);
  });
});

describe('new entries inside of objects', () => {
  const entries = (list: ListName, key: string) => {
    const { item } = describeList(list).node;
    const field = item.kind === 'object' ? item.fields.find((inner) => inner.key === key) : undefined;
    return field?.node.kind === 'list' ? blankEntry(field.node.item) : undefined;
  };
  it('have what they must have, with the first choice', () => {
    expect(entries('applications', 'terms')).toEqual({ protocol: 'tcp' });
    expect(entries('dhcpServer.ipv4', 'options')).toEqual({ option: 'time-offset', value: '' });
  });
});

describe('choices and marks', () => {
  it('fields offer what they may name', () => {
    const draft = config();
    expect(optionsFor(draft, 'policies', 'from')).toEqual(['any', 'lan']);
    expect(optionsFor(draft, 'policies', 'destination')).toEqual(
      expect.arrayContaining(['any', 'any-ipv4', 'web', 'web-2', 'servers']),
    );
    expect(optionsFor(draft, 'addressGroups', 'members')).toEqual(['web', 'web-2', 'servers']);
    expect(optionsFor(draft, 'applicationGroups', 'members')).toContain('https');
    expect(optionsFor(draft, 'addresses', 'from')).toBeNull();
    expect(optionsFor(draft, 'routes', 'destination')).toBeNull();
    expect(noteOf('hostInbound', 'ping')).toBe('ICMP echo requests');
  });
  it('an object that moved and changed carries both marks', () => {
    const [running, draft] = [config(), config()];
    moveItem(draft, 'policies', 'three', 0);
    for (const policy of draft.policies) if (policy.id === 'three') policy.action = 'reject';
    const marks = changesOf(diff(running, draft), 'policies');
    expect([...marks.keys()]).toEqual(['three']);
    expect(
      marks
        .get('three')
        ?.map((change) => change.kind)
        .sort(),
    ).toEqual(['changed', 'moved']);
    expect(changesOf(diff(running, draft), 'nat.source').size).toBe(0);
  });
});

describe('taking a change back', () => {
  /** Every change taken back, the last first. */
  function allBack(running: Config, draft: Config): Config {
    let config = draft;
    for (let left = 20; left > 0; left--) {
      const change = diff(running, config).at(-1);
      if (!change) return config;
      config = undone(config, running, change);
    }
    return config;
  }
  const edits: [string, (draft: Config) => void][] = [
    ['a new object', (draft) => itemsOf(draft, 'policies').unshift(newItem([], 'policies'))],
    ['a deleted object', (draft) => itemsOf(draft, 'policies').splice(1, 1)],
    ['a moved object', (draft) => moveItem(draft, 'policies', 'one', 2)],
    ['a field', (draft) => Object.assign(draft.zones[0] as object, { hostInbound: ['ping'] })],
    ['a setting', (draft) => Object.assign(draft.system, { hostName: 'other' })],
    [
      'several at once',
      (draft) => {
        moveItem(draft, 'policies', 'three', 0);
        itemsOf(draft, 'policies').splice(1, 1);
        itemsOf(draft, 'addresses').push(newItem([], 'addresses'));
      },
    ],
  ];
  it.each(edits)('%s', (_, edit) => {
    const [running, draft] = [config(), config()];
    edit(draft);
    expect(diff(running, draft)).not.toEqual([]);
    expect(allBack(running, draft)).toEqual(running);
  });
  it('a rename: what names the object follows back', () => {
    const running = config();
    const draft = renamed(running, 'addresses', 'web-2', 'mail');
    const change = diff(running, draft).find((item) => item.path[0] === 'addresses');
    expect(change && undone(draft, running, change)).toEqual(running);
  });
});
