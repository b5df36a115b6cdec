/**
 * The address trie: every prefix that any rule names, with the vectors of the rows that it satisfies as source and as destination. The
 * kernel's longest match answers with one prefix only, so each prefix is given the rows of all prefixes that cover it: overlapping objects
 * then get exactly the answer of a linear search.
 */
import { ANY_IPV4, ANY_IPV6, comparePrefixes, covers, type Prefix, prefixKey } from './address-set.ts';
import { groupRows, type Row, type Triple } from './rows.ts';
import { setBit, type VectorStore } from './vectors.ts';

/** One entry of the map `addresses`. */
export type AddressEntry = { prefix: Prefix; src: Triple; dst: Triple };

/** The six vectors of a prefix: source in each rule set, then destination in each. */
const DIMENSIONS = 6;

type Node = { prefix: Prefix; sets: number[][] };

export function compileAddresses(
  rulesets: readonly (readonly Row[])[],
  stores: readonly VectorStore[],
): AddressEntry[] {
  const nodes = new Map<string, Node>();
  const nodeOf = (prefix: Prefix): Node => {
    const key = prefixKey(prefix);
    let node = nodes.get(key);
    if (!node) {
      node = { prefix, sets: Array.from({ length: DIMENSIONS }, () => []) };
      nodes.set(key, node);
    }
    return node;
  };
  nodeOf(ANY_IPV4);
  nodeOf(ANY_IPV6);
  // per dimension: address set → its rows, and each of the set's prefixes knows the set
  const rowsOfSet: Map<number, number[]>[] = [];
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    const rows = rulesets[dimension % 3] as readonly Row[];
    const asSource = dimension < 3;
    const groups = groupRows(rows, (row) => (asSource ? row.source : row.destination));
    rowsOfSet.push(new Map([...groups].map(([set, numbers]) => [set.index, numbers])));
    for (const set of groups.keys()) for (const prefix of set.prefixes) nodeOf(prefix).sets[dimension]?.push(set.index);
  }

  const sorted = [...nodes.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  const known = Array.from({ length: DIMENSIONS }, () => new Map<string, number>());
  const stack: { prefix: Prefix; vectors: number[] }[] = [];
  const entries: AddressEntry[] = [];
  for (const { prefix, sets } of sorted) {
    while (stack.length > 0 && !covers((stack.at(-1) as { prefix: Prefix }).prefix, prefix)) stack.pop();
    const inherited = stack.at(-1)?.vectors;
    const vectors: number[] = [];
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      const store = stores[dimension % 3] as VectorStore;
      const parent = inherited?.[dimension] ?? 0;
      const own = sets[dimension] as number[];
      if (own.length === 0) {
        vectors.push(parent);
        continue;
      }
      // prefixes with the same parent and the same sets are common (feeds, groups): compute their vector once
      const key = `${parent} ${own.join()}`;
      let vector = known[dimension]?.get(key);
      if (vector === undefined) {
        const bits = store.get(parent).slice();
        for (const set of own) for (const row of rowsOfSet[dimension]?.get(set) ?? []) setBit(bits, row);
        vector = store.intern(bits);
        known[dimension]?.set(key, vector);
      }
      vectors.push(vector);
    }
    stack.push({ prefix, vectors });
    entries.push({ prefix, src: vectors.slice(0, 3) as Triple, dst: vectors.slice(3) as Triple });
  }
  return entries;
}
