/** IP addresses between their text form and the 16 bytes of the datapath (IPv4 as ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2). */
import { addressBytes, addressText } from '@gatehouse/packet';
import { ANY_IPV4, type Family, maskBytes, type Prefix } from './compile/address-set.ts';

export type Address = { family: Family; bytes: Uint8Array };

/**
 * Parses an IPv4 or IPv6 address without zone index.
 * @throws Error naming the value
 */
export function parseAddress(text: string): Address {
  const parsed = addressBytes(text);
  if (parsed.length === 16) return { family: 6, bytes: parsed };
  const bytes = Uint8Array.from(ANY_IPV4.bytes);
  bytes.set(parsed, 12);
  return { family: 4, bytes };
}

/** Text of a 16-byte address; mapped ones as IPv4. IPv6 in the form of RFC 5952. */
export function formatAddress(bytes: Uint8Array): string {
  return addressText(isMapped(bytes) ? bytes.subarray(12, 16) : bytes.subarray(0, 16));
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
