/**
 * Bit vectors of one rule set: bit r = row r. Equal vectors are stored once; vector 0 is the empty one, so that a table entry that was never
 * written matches nothing. Stored form (abi.h): `summary` words, where bit i says that body word i is not empty, then `words` body words, all
 * 64-bit little endian. Here a 64-bit word is two 32-bit ones, low half first, which is the same bytes.
 */

/** Sizes of a rule set's vectors, in 64-bit words: abi.h, struct gh_ruleset. */
export type RulesetShape = { rows: number; words: number; summary: number; stride: number };

export function shapeOf(rows: number): RulesetShape {
  const words = Math.ceil(rows / 64);
  const summary = Math.ceil(words / 64);
  return { rows, words, summary, stride: summary + words };
}

export class VectorStore {
  readonly shape: RulesetShape;
  readonly #halves: number;
  #vectors: Uint32Array[] = [];
  #byHash = new Map<number, number[]>();

  constructor(rows: number) {
    this.shape = shapeOf(rows);
    this.#halves = this.shape.words * 2;
    this.intern(this.empty());
  }

  /** Number of different vectors. */
  get size(): number {
    return this.#vectors.length;
  }

  /** A fresh empty vector of this rule set's length, in 32-bit halves. */
  empty(): Uint32Array {
    return new Uint32Array(this.#halves);
  }

  /** Body of vector `id`: not to be changed. */
  get(id: number): Uint32Array {
    return this.#vectors[id] as Uint32Array;
  }

  /** Number of the vector with these bits; copies them when they are new. */
  intern(bits: Uint32Array): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < bits.length; i++) {
      const half = bits[i] as number;
      // the position goes into the mix so that runs of empty words, the usual case, cost one test each
      if (half !== 0) hash = Math.imul(Math.imul(hash ^ half, 0x01000193) ^ i, 0x85ebca6b);
    }
    hash ^= hash >>> 15;
    const candidates = this.#byHash.get(hash);
    if (candidates) {
      for (const id of candidates) if (equal(this.#vectors[id] as Uint32Array, bits)) return id;
    }
    const id = this.#vectors.length;
    this.#vectors.push(bits.slice());
    if (candidates) candidates.push(id);
    else this.#byHash.set(hash, [id]);
    return id;
  }

  /** Bytes of {@link encode}. */
  get byteLength(): number {
    return this.#vectors.length * this.shape.stride * 8;
  }

  /** All vectors one after the other, each `stride` words: the content of the map `vectors_*`. Empty for an empty rule set. */
  encode(): Uint8Array {
    const { words, summary, stride } = this.shape;
    const out = new Uint32Array(this.#vectors.length * stride * 2);
    this.#vectors.forEach((vector, id) => {
      const base = id * stride * 2;
      for (let word = 0; word < words; word++) {
        const low = vector[word * 2] as number;
        const high = vector[word * 2 + 1] as number;
        if (!low && !high) continue;
        const half = base + (word >>> 6) * 2 + ((word & 63) >>> 5);
        out[half] = (out[half] as number) | (1 << (word & 31));
        out[base + (summary + word) * 2] = low;
        out[base + (summary + word) * 2 + 1] = high;
      }
    });
    return new Uint8Array(out.buffer);
  }
}

function equal(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function setBit(bits: Uint32Array, row: number): void {
  bits[row >>> 5] = (bits[row >>> 5] as number) | (1 << (row & 31));
}

export function clearBit(bits: Uint32Array, row: number): void {
  bits[row >>> 5] = (bits[row >>> 5] as number) & ~(1 << (row & 31));
}
