/** Prefixes in the 128-bit form of the datapath (IPv4 as ::ffff:a.b.c.d, RFC 4291 section 2.5.5.2) and interned sets of them. */

export type Family = 4 | 6;

export type Prefix = {
  family: Family;
  /** 16 bytes, host bits zero. */
  bytes: Uint8Array;
  /** Length in the 128-bit form: an IPv4 /24 has 120. */
  length: number;
};

/** A set of prefixes. Equal sets are one object when they come from the same {@link AddressSets}. */
export type AddressSet = { index: number; prefixes: readonly Prefix[] };

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** All IPv4 addresses, ::ffff:0:0/96. */
export const ANY_IPV4: Prefix = { family: 4, bytes: Uint8Array.from([...MAPPED, 0, 0, 0, 0]), length: 96 };
/** All IPv6 addresses. In the trie ::/0 also stands above IPv4, so inheritance goes by family. */
export const ANY_IPV6: Prefix = { family: 6, bytes: new Uint8Array(16), length: 0 };

/** Compares two prefixes: family, address, then the shorter (covering) one first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  return a.family - b.family || Buffer.compare(a.bytes, b.bytes) || a.length - b.length;
}

/** True when `outer` contains `inner`; prefixes of different families never contain each other. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const whole = outer.length >>> 3;
  for (let i = 0; i < whole; i++) if (outer.bytes[i] !== inner.bytes[i]) return false;
  const rest = outer.length & 7;
  if (rest === 0) return true;
  const mask = 0xff00 >>> rest;
  return (((outer.bytes[whole] as number) ^ (inner.bytes[whole] as number)) & mask & 0xff) === 0;
}

/** Clears the bits behind the prefix length. */
export function maskBytes(bytes: Uint8Array, length: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  for (let i = length >>> 3; i < 16; i++) {
    const keep = i === length >>> 3 ? length & 7 : 0;
    out[i] = (out[i] as number) & (0xff00 >>> keep) & 0xff;
  }
  return out;
}

export function prefixKey(prefix: Prefix): string {
  return `${prefix.family}${Buffer.from(prefix.bytes.buffer, prefix.bytes.byteOffset, 16).toString('latin1')}${prefix.length}`;
}

/** Interns sets so that rules which name the same objects share one set, and the trie is built from few. */
export class AddressSets {
  #sets = new Map<string, AddressSet>();

  /** The set of these prefixes: sorted, without those that another one covers. */
  intern(prefixes: readonly Prefix[]): AddressSet {
    const sorted = [...prefixes].sort(comparePrefixes);
    const kept: Prefix[] = [];
    for (const prefix of sorted) {
      const previous = kept.at(-1);
      if (!previous || !covers(previous, prefix)) kept.push(prefix);
    }
    const key = kept.map(prefixKey).join('|');
    let set = this.#sets.get(key);
    if (!set) {
      set = { index: this.#sets.size, prefixes: kept };
      this.#sets.set(key, set);
    }
    return set;
  }

  /** The part of a set that belongs to one family. */
  ofFamily(set: AddressSet, family: Family): AddressSet {
    return this.intern(set.prefixes.filter((prefix) => prefix.family === family));
  }
}
