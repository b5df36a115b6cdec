/** What bpf/src/classify.h does, on the compiled tables: longest match, class indexes, intersection of summary and body words. */
import type { Prefix } from '../../../src/subsystems/dataplane/compile/address-set.ts';
import type { ClassifierTables } from '../../../src/subsystems/dataplane/compile/tables.ts';

export const NO_ROW = -1;

export type Question = {
  kind: 0 | 1 | 2;
  from: number;
  to: number;
  source: Uint8Array;
  destination: Uint8Array;
  l4Slot: number;
  /** Index into sport_index: port, + 65536 for UDP, 0 for protocols other than TCP and UDP. */
  sportSlot: number;
};

/** The kernel's LPM trie knows no families: the longest prefix of the 128 bits wins. */
function inPrefix(prefix: Prefix, address: Uint8Array): boolean {
  for (let bit = 0; bit < prefix.length; bit++) {
    const mask = 0x80 >> (bit & 7);
    if (((prefix.bytes[bit >> 3] as number) ^ (address[bit >> 3] as number)) & mask) return false;
  }
  return true;
}

export class Lookup {
  readonly #tables: ClassifierTables;
  readonly #words: BigUint64Array[];
  readonly #entries: ClassifierTables['addresses'];

  constructor(tables: ClassifierTables) {
    this.#tables = tables;
    this.#words = tables.stores.map((store) => new BigUint64Array(store.encode().slice().buffer));
    this.#entries = [...tables.addresses].sort((a, b) => b.prefix.length - a.prefix.length);
  }

  #class(address: Uint8Array) {
    const entry = this.#entries.find((candidate) => inPrefix(candidate.prefix, address));
    if (!entry) throw new Error('::/0 is missing');
    return entry;
  }

  /** Number of the first matching row, or {@link NO_ROW}. */
  firstRow(q: Question): number {
    const { stores, zonePairs, l4, sourcePorts } = this.#tables;
    const { rows, words, summary, stride } = stores[q.kind].shape;
    if (rows === 0) return NO_ROW;
    const l4Class = l4.classes[l4.index[q.l4Slot] as number];
    const vectors = [
      zonePairs.get(q.from * 64 + q.to)?.[q.kind] ?? 0,
      this.#class(q.source).src[q.kind],
      this.#class(q.destination).dst[q.kind],
      l4Class?.vector[q.kind] as number,
    ];
    if (sourcePorts) vectors.push(sourcePorts.classes[sourcePorts.index[q.sportSlot] as number]?.[q.kind] as number);
    const data = this.#words[q.kind] as BigUint64Array;
    const intersect = (offset: number) =>
      vectors.reduce((word, vector) => word & (data[vector * stride + offset] as bigint), 0xffffffffffffffffn);
    const lowest = (word: bigint) => (word & -word).toString(2).length - 1;
    for (let s = 0; s < summary; s++) {
      for (let candidates = intersect(s); candidates; candidates &= candidates - 1n) {
        const number = s * 64 + lowest(candidates);
        if (number >= words) throw new Error('a summary bit without a word');
        const found = intersect(summary + number);
        if (found) return number * 64 + lowest(found);
      }
    }
    return NO_ROW;
  }
}
