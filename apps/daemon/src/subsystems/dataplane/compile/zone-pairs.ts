/** zone_pairs: which rows apply from one zone to another. */
import { DNAT, type Row, type RulesetKind, type Triple } from './rows.ts';
import { setBit, type VectorStore } from './vectors.ts';

/** Per zone slot the rows that name it. */
function rowsOfZone(
  rows: readonly Row[],
  zones: (row: Row) => readonly number[],
  store: VectorStore,
): Map<number, Uint32Array> {
  const result = new Map<number, Uint32Array>();
  rows.forEach((row, number) => {
    for (const zone of zones(row)) {
      let bits = result.get(zone);
      if (!bits) {
        bits = store.empty();
        result.set(zone, bits);
      }
      setBit(bits, number);
    }
  });
  return result;
}

/**
 * @param slots slots of all zones of the configuration
 * @param zoneSlots size of one side of the table (GH_MAX_ZONES)
 * @returns index from * zoneSlots + to → vectors; pairs that are not in the map match no row
 */
export function compileZonePairs(
  rulesets: readonly (readonly Row[])[],
  stores: readonly VectorStore[],
  slots: readonly number[],
  zoneSlots: number,
): Map<number, Triple> {
  const pairs = new Map<number, Triple>();
  const enter = (from: number, to: number, kind: number, vector: number) => {
    const index = from * zoneSlots + to;
    let triple = pairs.get(index);
    if (!triple) {
      triple = [0, 0, 0];
      pairs.set(index, triple);
    }
    triple[kind as RulesetKind] = vector;
  };
  rulesets.forEach((rows, kind) => {
    const store = stores[kind] as VectorStore;
    const fromBits = rowsOfZone(rows, (row) => row.from, store);
    if (kind === DNAT) {
      // looked up before the route is known: the answer must not depend on `to`
      for (const [from, bits] of fromBits) {
        const vector = store.intern(bits);
        for (let to = 0; to < zoneSlots; to++) enter(from, to, kind, vector);
      }
      return;
    }
    const toBits = rowsOfZone(rows, (row) => row.to, store);
    for (const from of slots) {
      for (const to of slots) {
        const a = fromBits.get(from);
        const b = toBits.get(to);
        if (a && b) enter(from, to, kind, store.intern(a.map((half, i) => half & (b[i] as number))));
      }
    }
  });
  return pairs;
}
