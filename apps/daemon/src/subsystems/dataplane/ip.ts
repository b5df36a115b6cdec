/** IP addresses between their text form and the 16 bytes of the datapath (IPv4 as ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2). */
import { isIPv4, isIPv6 } from 'node:net';
import { ANY_IPV4, type Family, maskBytes, type Prefix } from './compile/address-set.ts';

export type Address = { family: Family; bytes: Uint8Array };

/**
 * Parses an IPv4 or IPv6 address without zone index.
 * @throws Error naming the value
 */
export function parseAddress(text: string): Address {
  if (isIPv4(text)) {
    const bytes = Uint8Array.from(ANY_IPV4.bytes);
    text.split('.').forEach((part, i) => {
      bytes[12 + i] = Number(part);
    });
    return { family: 4, bytes };
  }
  if (!isIPv6(text) || text.includes('%')) throw new Error(`"${text}" is not an IP address`);
  return { family: 6, bytes: parseIPv6(text) };
}

function parseIPv6(text: string): Uint8Array {
  let source = text;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted) {
    const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number];
    source = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head = '', tail] = source.split('::');
  const groups = (part: string): number[] => (part ? part.split(':').map((g) => Number.parseInt(g, 16)) : []);
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(16);
  const put = (group: number, at: number) => {
    bytes[at * 2] = group >> 8;
    bytes[at * 2 + 1] = group & 0xff;
  };
  for (const [i, group] of first.entries()) put(group, i);
  for (const [i, group] of last.entries()) put(group, 8 - last.length + i);
  return bytes;
}

/** Text of a 16-byte address; mapped ones as IPv4. IPv6 in the form of RFC 5952. */
export function formatAddress(bytes: Uint8Array): string {
  if (isMapped(bytes)) return bytes.subarray(12, 16).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] as number) << 8) | (bytes[i * 2 + 1] as number));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
    i += length;
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

export function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 12; i++) if (bytes[i] !== ANY_IPV4.bytes[i]) return false;
  return true;
}

/** All-zero bytes stand for "no address" in the datapath's structs. */
export const NO_ADDRESS = new Uint8Array(16);

/**
 * Parses "address" or "address/length"; host bits are cleared.
 * @throws Error naming the value
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/');
  const { family, bytes } = parseAddress(slash < 0 ? text : text.slice(0, slash));
  const bits = family === 4 ? 32 : 128;
  const length = slash < 0 ? bits : Number(text.slice(slash + 1));
  if (!Number.isInteger(length) || length < 0 || length > bits || text.endsWith('/'))
    throw new Error(`"${text}" is not a prefix: the length must be 0 to ${bits}`);
  const full = family === 4 ? length + 96 : length;
  return { family, bytes: maskBytes(bytes, full), length: full };
}

export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

export function fromBigInt(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
}

/** The fewest prefixes that cover exactly the addresses from `first` to `last` (same family, first <= last). */
export function rangeToPrefixes(first: Address, last: Address): Prefix[] {
  const result: Prefix[] = [];
  let low = toBigInt(first.bytes);
  const high = toBigInt(last.bytes);
  const floor = first.family === 4 ? 96 : 0;
  while (low <= high) {
    let length = 128;
    while (length > floor) {
      const size = 1n << BigInt(128 - length + 1);
      if (low % size !== 0n || low + size - 1n > high) break;
      length--;
    }
    result.push({ family: first.family, bytes: fromBigInt(low), length });
    low += 1n << BigInt(128 - length);
  }
  return result;
}
