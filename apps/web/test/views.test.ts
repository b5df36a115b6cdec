/** The pure parts behind the pages. */
import { type Config, parseConfig } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { pairLines } from '../src/commit/lines.ts';
import { setAt, withEntry, withoutEntry } from '../src/forms/values.ts';
import { bitRate, bytes, clock, duration, endpoint } from '../src/lib/format.ts';
import { parsePaste } from '../src/views/explain/paste.ts';
import { filterOf, isHidden } from '../src/views/log/filters.ts';
import { compilePolicyFilter } from '../src/views/policies/filter.ts';

describe('side by side', () => {
  it('pairs what stayed and stands changes beside each other', () => {
    expect(pairLines(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([
      { before: 'a', after: 'a' },
      { before: 'b', after: 'x' },
      { before: 'c', after: 'c' },
      { before: null, after: 'd' },
    ]);
  });
  it('loses no line, whatever the texts', () => {
    for (let seed = 0; seed < 300; seed++) {
      const text = (salt: number) =>
        Array.from({ length: (seed * salt) % 9 }, (_, i) => 'abc'[(seed * (i + salt)) % 3] as string);
      const [a, b] = [text(5), text(7)];
      const lines = pairLines(a, b);
      expect(lines.flatMap((line) => line.before ?? [])).toEqual(a);
      expect(lines.flatMap((line) => line.after ?? [])).toEqual(b);
    }
  });
});

describe('pasted packets', () => {
  it.each([
    [
      '10.0.0.1:1234 -> 192.0.2.1:443 tcp',
      { source: '10.0.0.1', sourcePort: '1234', destination: '192.0.2.1', destinationPort: '443', protocol: 'tcp' },
    ],
    [
      'UDP [2001:db8::1]:53 > [2001:db8::2]:4000',
      { source: '2001:db8::1', sourcePort: '53', destination: '2001:db8::2', destinationPort: '4000', protocol: 'udp' },
    ],
    [
      'IP 10.0.0.1.5353 > 224.0.0.251.5353: udp',
      { source: '10.0.0.1', sourcePort: '5353', destination: '224.0.0.251', protocol: 'udp' },
    ],
  ])('%s', (text, packet) => {
    expect(parsePaste(text)).toMatchObject(packet);
  });
  it('a frame in hex, tagged', () => {
    const hex =
      '020000000001020000000002 8100 000a 0800 45000028000140004006 0000 0a000001 c0000201 9c40 01bb 00000000 00000000 5002ffff 0000 0000';
    expect(parsePaste(hex)).toEqual({
      source: '10.0.0.1',
      destination: '192.0.2.1',
      protocol: 'tcp',
      sourcePort: '40000',
      destinationPort: '443',
    });
  });
  it('words without addresses are nothing', () => {
    expect(parsePaste('nothing to see')).toBeNull();
  });
});

describe('policy filter', () => {
  const parsed = parseConfig({
    zones: [{ name: 'lan' }, { name: 'wan' }],
    addresses: [{ name: 'servers', type: 'prefix', prefix: '10.1.0.0/16' }],
    policies: [
      { name: 'web', from: ['lan'], to: ['wan'], application: ['http'], action: 'permit' },
      { name: 'inside', destination: ['servers'], action: 'deny', enabled: false },
    ],
  });
  const config = (parsed.ok ? parsed.config : null) as Config;
  it.each([
    ['', ['web', 'inside']],
    ['from:lan to:wan', ['web', 'inside']],
    ['dst:10.1.2.3', ['web', 'inside']],
    ['app:http action:permit', ['web']],
    ['action:deny', ['inside']],
    ['disabled', ['inside']],
    ['unused web', ['web']],
    ['nothing-like-this', []],
  ])('%j', (text, expected) => {
    const matches = compilePolicyFilter(text, config);
    expect(config.policies.filter((policy) => matches(policy, 0)).map((policy) => policy.name)).toEqual(expected);
  });
});

describe('log filters', () => {
  it('take what the box understands and leave out the rest', () => {
    expect(filterOf(new URLSearchParams('kind=drop&port=443&port2=1&zone=lan&kind2=x'))).toEqual({
      kind: 'drop',
      port: 443,
      zone: 'lan',
    });
    expect(filterOf(new URLSearchParams('kind=everything&port=99999'))).toEqual({});
  });
  it('hide entries by either end', () => {
    const entry = { source: '10.0.0.1', destination: '192.0.2.1', reason: 'no-route' } as Parameters<
      typeof isHidden
    >[0];
    expect(isHidden(entry, [{ key: 'address', value: '192.0.2.1' }])).toBe(true);
    expect(isHidden(entry, [{ key: 'reason', value: 'policy-deny' }])).toBe(false);
  });
});

describe('lists of names', () => {
  it('"any" goes when something is named and comes back when nothing is left', () => {
    expect(withEntry(['any'], 'lan')).toEqual(['lan']);
    expect(withEntry(['lan'], 'any')).toEqual(['any']);
    expect(withoutEntry(['lan'], 'lan', ['any'])).toEqual(['any']);
    expect(withoutEntry(['lan'], 'lan', [])).toEqual([]);
  });
  it('a field that is not set is away, not empty', () => {
    const root = { a: { b: 1 } };
    setAt(root, ['a', 'b'], undefined);
    expect(root).toEqual({ a: {} });
  });
});

describe('numbers for people', () => {
  it('bits, bytes, times, ends', () => {
    expect([bitRate(125_000_000), bytes(1536), duration(61_000), clock(61_000)]).toEqual([
      '1.0 Gbit/s',
      '1.5 KiB',
      '1 min',
      '1:01',
    ]);
    expect([endpoint('2001:db8::1', 80), endpoint('192.0.2.1', 0)]).toEqual(['[2001:db8::1]:80', '192.0.2.1']);
  });
});
