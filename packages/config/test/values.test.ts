/** Address and port arithmetic against brute force. */
import { describe, expect, it } from 'vitest';
import {
  firstOf,
  formatCidr,
  formatIp,
  lastOf,
  matchesAddress,
  networkOf,
  parseCidr,
  parseConfig,
  parseIp,
  parsePorts,
  prefixContains,
  rangeToPrefixes,
} from '../src/index.ts';

const prefix = (text: string) => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

describe('prefixes', () => {
  it.each(['10.0.0.0/8', '192.0.2.128/25', '192.0.2.7/32', '0.0.0.0/0', '2001:db8::/32', '::/0'])(
    '%s holds its first and last address and nothing beside them',
    (text) => {
      const item = prefix(text);
      const { family } = item;
      const end = (1n << BigInt(family === 4 ? 32 : 128)) - 1n;
      expect(prefixContains(item, { family, value: firstOf(item) })).toBe(true);
      expect(prefixContains(item, { family, value: lastOf(item) })).toBe(true);
      if (firstOf(item) > 0n) expect(prefixContains(item, { family, value: firstOf(item) - 1n })).toBe(false);
      if (lastOf(item) < end) expect(prefixContains(item, { family, value: lastOf(item) + 1n })).toBe(false);
      expect(formatCidr(networkOf(item))).toBe(text);
    },
  );

  it('cover every range of a /26 exactly, with the fewest prefixes', () => {
    const start = parseIp('192.0.2.0')?.value ?? 0n;
    for (let low = 0; low < 64; low++)
      for (let high = low; high < 64; high++) {
        const prefixes = rangeToPrefixes(4, start + BigInt(low), start + BigInt(high));
        const covered = prefixes.flatMap((item) => {
          const all: number[] = [];
          for (let value = firstOf(item); value <= lastOf(item); value++) all.push(Number(value - start));
          return all;
        });
        expect(covered).toEqual(Array.from({ length: high - low + 1 }, (_, i) => low + i));
        // no two neighbours could be one
        for (let i = 1; i < prefixes.length; i++) {
          const [a, b] = [prefixes[i - 1], prefixes[i]] as [ReturnType<typeof prefix>, ReturnType<typeof prefix>];
          const joined = a.length === b.length && firstOf(networkOf({ ...a, length: a.length - 1 })) === firstOf(a);
          expect(joined && lastOf(a) + 1n === firstOf(b)).toBe(false);
        }
      }
  });
});

describe('addresses', () => {
  it.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::FFFF:192.0.2.1', null],
    ['192.0.2.01', null],
    ['1.2.3.4', '1.2.3.4'],
  ])('%s is written %s', (text, canonical) => {
    const parsed = parseIp(text);
    if (canonical === null) expect(parsed === null || formatIp(parsed) !== text).toBe(true);
    else expect(parsed && formatIp(parsed)).toBe(canonical);
  });
});

describe('ports', () => {
  it.each(['80', '80-90', '80,443', '1-65535'])('takes %s', (text) => {
    expect(parsePorts(text)).not.toBeNull();
  });
  it.each(['', '65536', '90-80', '80,', 'a', '-1', '80-'])('refuses %j', (text) => {
    expect(parsePorts(text)).toBeNull();
  });
});

it('an address is found in objects, groups and literals', () => {
  const parsed = parseConfig({
    addresses: [{ name: 'net', type: 'prefix', prefix: '10.0.0.0/8' }],
    addressGroups: [
      { name: 'inner', members: ['net'] },
      { name: 'outer', members: ['inner'] },
    ],
  });
  if (!parsed.ok) throw new Error('test configuration');
  expect(matchesAddress(parsed.config, ['outer'], '10.1.2.3')).toBe(true);
  expect(matchesAddress(parsed.config, ['outer'], '11.1.2.3')).toBe(false);
  expect(matchesAddress(parsed.config, ['192.0.2.0/24'], '192.0.2.9')).toBe(true);
  expect(matchesAddress(parsed.config, ['any-ipv6'], '192.0.2.9')).toBe(false);
});
