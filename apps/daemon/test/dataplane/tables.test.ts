import { describe, expect, it } from 'vitest';
import { AddressSets, covers, type Prefix } from '../../src/subsystems/dataplane/compile/address-set.ts';
import { contains, type IntervalSet, normalize } from '../../src/subsystems/dataplane/compile/intervals.ts';
import type { Row } from '../../src/subsystems/dataplane/compile/rows.ts';
import { compileTables } from '../../src/subsystems/dataplane/compile/tables.ts';
import { setBit, shapeOf, VectorStore } from '../../src/subsystems/dataplane/compile/vectors.ts';
import { parseAddress, parsePrefix } from '../../src/subsystems/dataplane/ip.ts';
import { Lookup, NO_ROW, type Question } from './support/lookup.ts';
import { Random } from './support/random.ts';

const SIZES = { zones: 64, l4Slots: 327936, sportSlots: 131072 };

describe('vectors', () => {
  it('have a summary bit for each body word that is not empty, over several summary words', () => {
    const store = new VectorStore(10_000);
    expect(store.shape).toEqual({ rows: 10_000, words: 157, summary: 3, stride: 160 });
    const bits = store.empty();
    for (const row of [0, 63, 64, 4095, 4096, 9_999]) setBit(bits, row);
    const vector = store.intern(bits);
    const words = new BigUint64Array(store.encode().slice().buffer).subarray(vector * 160, vector * 160 + 160);
    expect(words[0]).toBe(0b11n | (1n << 63n));
    expect(words[1]).toBe(1n);
    expect(words[2]).toBe(1n << (156n - 128n));
    expect(words[3]).toBe(1n | (1n << 63n));
    expect(words[3 + 156]).toBe(1n << 15n);
  });

  it('are stored once, and vector 0 is empty', () => {
    const store = new VectorStore(100);
    const bits = store.empty();
    setBit(bits, 99);
    const first = store.intern(bits);
    expect(store.intern(bits)).toBe(first);
    expect(store.intern(store.empty())).toBe(0);
    setBit(bits, 98);
    expect(store.intern(bits)).not.toBe(first);
    expect(store.size).toBe(3);
  });

  it('of an empty rule set take no room', () => {
    expect(shapeOf(0)).toEqual({ rows: 0, words: 0, summary: 0, stride: 0 });
    expect(new VectorStore(0).encode().byteLength).toBe(0);
  });
});

/** A rule set of random, overlapping rows. Values come from small pools so that they meet. */
function randomRows(random: Random, sets: AddressSets, count: number, sports: boolean): Row[] {
  const prefix = (): Prefix =>
    random.chance(0.15)
      ? parsePrefix(random.pick(['0.0.0.0/0', '::/0']))
      : random.chance(0.6)
        ? parsePrefix(`10.${random.int(0, 2)}.${random.int(0, 3)}.${random.int(0, 255)}/${random.int(6, 32)}`)
        : parsePrefix(`2001:db8:${random.int(0, 2)}::${random.int(0, 3)}/${random.int(20, 128)}`);
  const addressPool = Array.from({ length: 12 }, () => sets.intern(Array.from({ length: random.int(1, 5) }, prefix)));
  const ports = (base: number): IntervalSet =>
    normalize(
      Array.from({ length: random.int(1, 3) }, () => {
        const first = random.int(0, 40);
        return [base + first, base + first + random.int(0, 12)] as const;
      }),
    );
  const l4Pool: IntervalSet[] = [
    [[0, SIZES.l4Slots - 1]],
    ...Array.from({ length: 8 }, () => ports(random.pick([0, 65536, 196608]))),
  ];
  return Array.from({ length: count }, () => ({
    from: random.some([2, 3, 4], 1, 3),
    to: random.some([2, 3, 4], 1, 3),
    source: random.pick(addressPool),
    destination: random.pick(addressPool),
    l4: random.pick(l4Pool),
    sourcePorts: sports && random.chance(0.4) ? ports(random.pick([0, 65536])) : null,
  }));
}

function matches(row: Row, q: Question): boolean {
  const host = (bytes: Uint8Array): Prefix => ({
    family: bytes[0] ? 6 : 4,
    bytes,
    length: 128,
  });
  return (
    row.from.includes(q.from) &&
    (q.kind === 2 || row.to.includes(q.to)) &&
    row.source.prefixes.some((prefix) => covers(prefix, host(q.source))) &&
    row.destination.prefixes.some((prefix) => covers(prefix, host(q.destination))) &&
    contains(row.l4, q.l4Slot) &&
    (row.sourcePorts === null || contains(row.sourcePorts, q.sportSlot))
  );
}

function randomQuestion(random: Random, kind: 0 | 1 | 2): Question {
  const v4 = random.chance(0.6);
  const address = () =>
    parseAddress(
      v4
        ? `10.${random.int(0, 2)}.${random.int(0, 3)}.${random.int(0, 255)}`
        : `2001:db8:${random.int(0, 2)}::${random.int(0, 3)}`,
    ).bytes;
  const base = random.pick([0, 65536, 196608]);
  return {
    kind,
    from: random.int(2, 4),
    to: random.int(2, 4),
    source: address(),
    destination: address(),
    l4Slot: base + random.int(0, 55),
    sportSlot: base === 196608 ? 0 : base + random.int(0, 55),
  };
}

describe('compiled tables answer as a linear first match', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('random rule sets, seed %i', (seed) => {
    const random = new Random(seed);
    const sets = new AddressSets();
    const sizes = [random.int(1, 400), random.int(0, 90), random.int(0, 90)] as const;
    const rulesets = [
      randomRows(random, sets, sizes[0], seed % 2 === 0),
      randomRows(random, sets, sizes[1], seed % 4 === 0),
      randomRows(random, sets, sizes[2], false),
    ] as const;
    const lookup = new Lookup(compileTables(rulesets, [2, 3, 4], [], [], SIZES));
    let hits = 0;
    for (let i = 0; i < 500; i++) {
      const question = randomQuestion(random, random.pick([0, 0, 1, 2]));
      const expected = rulesets[question.kind].findIndex((row) => matches(row, question));
      if (expected >= 0) hits++;
      expect(lookup.firstRow(question), JSON.stringify({ seed, i, question })).toBe(expected);
      expect(NO_ROW).toBe(-1);
    }
    // the generator must reach both answers, or the comparison says nothing
    expect(hits).toBeGreaterThan(50);
    expect(hits).toBeLessThan(500);
  });
});
