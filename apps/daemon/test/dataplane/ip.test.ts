import { describe, expect, it } from 'vitest';
import { prefixKey } from '../../src/subsystems/dataplane/compile/address-set.ts';
import {
  formatAddress,
  parseAddress,
  parsePrefix,
  rangeToPrefixes,
  toBigInt,
} from '../../src/subsystems/dataplane/ip.ts';

const text = (prefix: { bytes: Uint8Array; length: number; family: 4 | 6 }) =>
  `${formatAddress(prefix.bytes)}/${prefix.family === 4 ? prefix.length - 96 : prefix.length}`;

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s (RFC 5952)', (input, output) => {
    expect(formatAddress(parseAddress(input).bytes)).toBe(output);
  });

  it('refuses what is no address', () => {
    for (const bad of ['', '1.2.3', '1.2.3.4.5', 'fe80::1%eth0', '::g', '10.0.0.1/8'])
      expect(() => parseAddress(bad), bad).toThrow(/is not an IP address/);
    for (const bad of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '::/129', '::/1.5'])
      expect(() => parsePrefix(bad), bad).toThrow(/is not a prefix/);
  });

  it('clears host bits', () => {
    expect(text(parsePrefix('10.1.2.3/20'))).toBe('10.1.0.0/20');
    expect(text(parsePrefix('2001:db8:ffff::1/33'))).toBe('2001:db8:8000::/33');
    expect(text(parsePrefix('0.0.0.0/0'))).toBe('0.0.0.0/0');
  });
});

describe('ranges', () => {
  it.each([
    ['10.0.0.0', '10.0.0.255', ['10.0.0.0/24']],
    ['10.0.0.1', '10.0.0.6', ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']],
    ['0.0.0.0', '255.255.255.255', ['0.0.0.0/0']],
    ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['::/0']],
    ['2001:db8::ff', '2001:db8::100', ['2001:db8::ff/128', '2001:db8::100/128']],
  ])('%s to %s', (first, last, prefixes) => {
    expect(rangeToPrefixes(parseAddress(first), parseAddress(last)).map(text)).toEqual(prefixes);
  });

  it('cover exactly, without overlap', () => {
    for (let round = 0; round < 200; round++) {
      const a = (Math.imul(round, 2654435761) >>> 7) % 65536;
      const b = (Math.imul(round, 40503) >>> 3) % 65536;
      const address = (n: number) => parseAddress(`10.9.${n >> 8}.${n & 255}`);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const prefixes = rangeToPrefixes(address(low), address(high));
      let next = toBigInt(address(low).bytes);
      for (const prefix of prefixes) {
        expect(toBigInt(prefix.bytes)).toBe(next);
        next += 1n << BigInt(128 - prefix.length);
      }
      expect(next).toBe(toBigInt(address(high).bytes) + 1n);
      expect(new Set(prefixes.map(prefixKey)).size).toBe(prefixes.length);
    }
  });
});
