/** Addresses, prefixes, ranges and ports: parsing, canonical spelling, arithmetic. Addresses are bigints of 32 or 128 bits. */
import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;
export type Ip = { family: Family; value: bigint };
export type Prefix = Ip & { length: number };

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

/** Strict: dotted quad without leading zeros, or RFC 4291 text without zone. Null for anything else. */
export function parseIp(text: string): Ip | null {
  const quad = IPV4.exec(text);
  if (quad) {
    const parts = quad.slice(1);
    if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return null;
    return { family: 4, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
  }
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  return {
    family: 6,
    value: ipaddr.IPv6.parse(text)
      .toByteArray()
      .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  };
}

/** Canonical text: dotted quad, or RFC 5952 (lower case, longest run of zeros shortened). */
export function formatIp({ family, value }: Ip): string {
  const bytes = Array.from({ length: bitsOf(family) / 8 }, (_, i) =>
    Number((value >> BigInt(bitsOf(family) - 8 - 8 * i)) & 255n),
  );
  return family === 4 ? bytes.join('.') : new ipaddr.IPv6(bytes).toRFC5952String();
}

const lowMask = (family: Family, length: number): bigint => (1n << BigInt(bitsOf(family) - length)) - 1n;

/** Address and prefix length as written, host bits kept. Null when malformed. */
export function parseCidr(text: string): Prefix | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const ip = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!ip || !/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > bitsOf(ip.family)) return null;
  return { ...ip, length: Number(digits) };
}

export const formatCidr = (prefix: Prefix): string => `${formatIp(prefix)}/${prefix.length}`;

/** The network of an address and length: host bits cleared. */
export function networkOf(prefix: Prefix): Prefix {
  return { ...prefix, value: prefix.value & ~lowMask(prefix.family, prefix.length) };
}

export const firstOf = (prefix: Prefix): bigint => networkOf(prefix).value;
export const lastOf = (prefix: Prefix): bigint => prefix.value | lowMask(prefix.family, prefix.length);

export function prefixContains(prefix: Prefix, ip: Ip): boolean {
  return ip.family === prefix.family && ip.value >= firstOf(prefix) && ip.value <= lastOf(prefix);
}

export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && firstOf(a) <= lastOf(b) && firstOf(b) <= lastOf(a);
}

/** The fewest prefixes that cover first..last exactly. */
export function rangeToPrefixes(family: Family, first: bigint, last: bigint): Prefix[] {
  const result: Prefix[] = [];
  let at = first;
  while (at <= last) {
    let length = bitsOf(family);
    while (length > 0 && (at & lowMask(family, length - 1)) === 0n && at + lowMask(family, length - 1) <= last)
      length--;
    result.push({ family, value: at, length });
    at += lowMask(family, length) + 1n;
  }
  return result;
}

export type PortRange = { first: number; last: number };

/** "80", "80-90", "80,443,8000-8010" → ranges; null when malformed. Ports are 0 to 65535. */
export function parsePorts(text: string): PortRange[] | null {
  const ranges: PortRange[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    if (!match) return null;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first > last || last > 65535) return null;
    ranges.push({ first, last });
  }
  return ranges;
}

/** What an entry of a source or destination list means when it is no name: an address, a prefix or "first-last". */
export function parseLiteral(text: string): { family: Family; first: bigint; last: bigint } | null {
  const ip = parseIp(text);
  if (ip) return { family: ip.family, first: ip.value, last: ip.value };
  const prefix = parseCidr(text);
  if (prefix) return { family: prefix.family, first: firstOf(prefix), last: lastOf(prefix) };
  const [from, to, more] = text.split('-');
  const a = from === undefined ? null : parseIp(from);
  const b = to === undefined ? null : parseIp(to);
  if (!a || !b || more !== undefined || a.family !== b.family || a.value > b.value) return null;
  return { family: a.family, first: a.value, last: b.value };
}
