import { describe, expect, it } from 'vitest';
import {
  type Config,
  diff,
  emptyConfig,
  fromText,
  parseConfig,
  redact,
  references,
  rename,
  SECRET_MASK,
  toText,
} from '../src/index.ts';

const SEALED = `sealed:v1:${'A'.repeat(40)}:0123456789abcdef`;
const base = {
  users: [{ name: 'ann', role: 'administrator', passwordHash: SEALED }],
  interfaces: [
    { name: 'eth0', addresses: ['192.0.2.1/24'] },
    { name: 'eth1', addresses: ['2001:DB8::1/64'] },
  ],
  zones: [
    { name: 'lan', interfaces: ['eth0'], hostInbound: ['ping'] },
    { name: 'wan', interfaces: ['eth1'] },
  ],
  addresses: [{ name: 'server', type: 'host', address: '198.51.100.7' }],
  addressGroups: [{ name: 'servers', members: ['server'] }],
  applications: [{ name: 'app', terms: [{ protocol: 'tcp', destinationPort: '8000-8010' }] }],
  policies: [
    { name: 'one', from: ['lan'], to: ['wan'], destination: ['servers'], application: ['app'], action: 'permit' },
    { name: 'two', action: 'deny' },
    { name: 'three', action: 'reject' },
  ],
};

function valid(input: unknown): Config {
  const result = parseConfig(input);
  if (!result.ok) throw new Error(result.issues.map((item) => `${item.pointer} ${item.message}`).join('\n'));
  return result.config;
}
const issues = (input: unknown) => {
  const result = parseConfig(input);
  return result.ok ? [] : result.issues.filter((item) => item.severity === 'error');
};

describe('errors name the place, the value and the remedy', () => {
  it.each([
    [
      'an address that is none',
      { interfaces: [{ name: 'eth0', addresses: ['300.0.0.1/24'] }] },
      '/interfaces/0/addresses/0',
    ],
    [
      'a network address as host',
      { interfaces: [{ name: 'eth0', addresses: ['192.0.2.0/24'] }] },
      '/interfaces/0/addresses/0',
    ],
    [
      'host bits in a prefix',
      { addresses: [{ name: 'n', type: 'prefix', prefix: '10.0.0.1/8' }] },
      '/addresses/0/prefix',
    ],
    [
      'a port beyond 65535',
      { applications: [{ name: 'a', terms: [{ protocol: 'tcp', destinationPort: '70000' }] }] },
      '/applications/0/terms/0/destinationPort',
    ],
    [
      'a zone that does not exist',
      { policies: [{ name: 'p', from: ['attic'], action: 'permit' }] },
      '/policies/0/from/0',
    ],
    [
      'an application that does not exist',
      { policies: [{ name: 'p', application: ['htpp'], action: 'permit' }] },
      '/policies/0/application/0',
    ],
    ['a field that does not exist', { zones: [{ name: 'z', colour: 'red' }] }, '/zones/0/colour'],
    ['a name twice', { zones: [{ name: 'z' }, { name: 'z', id: 'z2' }] }, '/zones/1/name'],
    [
      'an interface in two zones',
      {
        interfaces: [{ name: 'eth0' }],
        zones: [
          { name: 'a', interfaces: ['eth0'] },
          { name: 'b', interfaces: ['eth0'] },
        ],
      },
      '/zones/1/interfaces/0',
    ],
    ['a group that contains itself', { addressGroups: [{ name: 'g', members: ['g'] }] }, '/addressGroups/0/members'],
    ['a VLAN without a parent', { interfaces: [{ name: 'v', type: 'vlan', vlanId: 5 }] }, '/interfaces/0/parent'],
    ['an MTU below that of IPv6', { interfaces: [{ name: 'eth0', mtu: 1000 }] }, '/interfaces/0/mtu'],
    ['a clear password', { users: [{ name: 'u', role: 'operator', passwordHash: 'secret' }] }, '/users/0/passwordHash'],
    ['another version', { version: 2 }, '/version'],
  ])('%s', (_, input, pointer) => {
    const found = issues(input).find((item) => item.pointer.startsWith(pointer));
    expect(found, JSON.stringify(issues(input))).toBeDefined();
    expect(found?.message.length).toBeGreaterThan(3);
    expect(found?.remedy.length).toBeGreaterThan(3);
  });

  it.each([null, 7, 'text', [], { zones: 7 }])('refuses %j without throwing', (input) => {
    expect(parseConfig(input).ok).toBe(false);
  });
});

describe('canonical form', () => {
  it('knows one spelling of an address', () => {
    expect(valid(base).interfaces[1]?.addresses).toEqual(['2001:db8::1/64']);
  });
  it('is a fixed point', () => {
    expect(valid(valid(base))).toEqual(valid(base));
  });
  it('admits nothing when nothing is stated', () => {
    const config = valid({ zones: [{ name: 'z' }] });
    expect(config.zones[0]?.hostInbound).toEqual([]);
    expect(emptyConfig().policies).toEqual([]);
  });
});

describe('difference', () => {
  const before = valid(base);
  const edited = (edit: (config: Config) => void) => {
    const copy = structuredClone(before);
    edit(copy);
    return diff(before, copy);
  };
  it('of the same is none', () => {
    expect(diff(before, structuredClone(before))).toEqual([]);
  });
  it('follows an object by its id: a rename is one change', () => {
    const changes = diff(before, rename(before, 'address', 'server', 'web-server'));
    expect(changes.map((change) => [change.kind, change.objectType, change.id])).toContainEqual([
      'changed',
      'Address',
      'server',
    ]);
    expect(changes.every((change) => change.kind === 'changed')).toBe(true);
  });
  it('reports the fewest moves', () => {
    const changes = edited((config) => config.policies.push(...config.policies.splice(0, 1)));
    expect(changes.map((change) => [change.kind, change.name])).toEqual([['moved', 'one']]);
  });
  it('says what a field was and is', () => {
    const [change] = edited((config) => {
      if (config.policies[0]) config.policies[0].action = 'deny';
    });
    expect(change?.fields).toEqual([{ field: 'action', label: 'Action', before: 'permit', after: 'deny' }]);
  });
  it('never shows a secret', () => {
    const changes = edited((config) => {
      if (config.users[0]) config.users[0].passwordHash = SEALED.replace('AAAA', 'BBBB');
    });
    expect(JSON.stringify(changes)).not.toContain('sealed:');
    expect(JSON.stringify(changes)).toContain(SECRET_MASK);
  });
});

describe('renaming', () => {
  it('takes every reference along', () => {
    const config = rename(valid(base), 'zone', 'lan', 'home');
    expect(config.policies[0]?.from).toEqual(['home']);
    expect(references(config, 'zone', 'lan')).toEqual([]);
    expect(parseConfig(config).ok).toBe(true);
  });
});

describe('text form', () => {
  it('reads back as the same configuration', () => {
    const config = valid(base);
    const result = fromText(toText(config));
    expect(result.ok && result.config).toEqual(config);
  });
  it('has no secret when redacted', () => {
    expect(toText(redact(valid(base)))).not.toContain('sealed:');
  });
  it.each([
    ['zones {\n  lan {\n    interfaces eth0 eth1\n', 'an end that is missing'],
    ['system {\n  hostName 7 8\n}\n', 'a field that does not exist'],
    ['zones {\n  lan {\n    colour red;\n  }\n}\n', 'an unknown field'],
  ])('errors have line and column: %j', (text) => {
    const result = fromText(text);
    expect(result.ok).toBe(false);
    if (!result.ok) {
      expect(result.errors[0]?.line).toBeGreaterThanOrEqual(1);
      expect(result.errors[0]?.column).toBeGreaterThanOrEqual(1);
    }
  });

  /** Reproducible: a small generator (mulberry32), so that a failure can be run again. */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  it('reads back whatever a configuration says, 200 of them', () => {
    const texts = [
      'plain',
      'with space',
      'quote " and \\ backslash',
      '{ braces }',
      '# hash; semicolon',
      'ümläut ✓',
      '',
    ];
    for (let seed = 1; seed <= 200; seed++) {
      const next = random(seed);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
      const config = valid({
        ...base,
        system: { hostName: pick(['a', 'box-1', 'x.y']) },
        management: { loginBanner: pick(texts), web: { port: 1 + Math.floor(next() * 65_535) } },
        addresses: [
          ...base.addresses,
          { name: 'r', type: 'range', from: '10.0.0.1', to: pick(['10.0.0.9', '10.0.1.0']), description: pick(texts) },
          { name: 'p', type: 'prefix', prefix: pick(['10.0.0.0/8', '2001:db8::/32', '0.0.0.0/0']) },
        ],
        policies: base.policies.map((policy) => ({
          ...policy,
          enabled: next() < 0.5,
          description: pick(texts),
          source: pick([['any'], ['r', 'p'], ['192.0.2.0/24']]),
          log: { init: next() < 0.5, close: next() < 0.5 },
        })),
      });
      const result = fromText(toText(config));
      expect(result.ok ? result.config : result.errors, `seed ${seed}\n${toText(config)}`).toEqual(config);
    }
  });
});
