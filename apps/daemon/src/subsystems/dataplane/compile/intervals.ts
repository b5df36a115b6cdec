/**
 * Sets of integers as sorted, disjoint, non-adjacent intervals [first, last], and the split of a number line into classes: maximal stretches on
 * which every set has the same membership. Layer-4 slots (abi.h, gh_l4_slot) and source ports are such number lines.
 */
import { clearBit, setBit, type VectorStore } from './vectors.ts';

export type Interval = readonly [first: number, last: number];
export type IntervalSet = readonly Interval[];

/** Sorts and merges intervals in any order. */
export function normalize(intervals: Iterable<Interval>): IntervalSet {
  const sorted = [...intervals].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const result: [number, number][] = [];
  for (const [first, last] of sorted) {
    const previous = result.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return result;
}

export function contains(set: IntervalSet, value: number): boolean {
  return set.some(([first, last]) => value >= first && value <= last);
}

export function sizeOf(set: IntervalSet): number {
  return set.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Rows of one rule set that share an interval set. */
export type SetRows = { set: IntervalSet; rows: number[] };

/**
 * Walks the boundaries of a rule set's interval sets from 0 to `end` and calls `visit` for every stretch [first, last] with the number of the
 * vector of the rows that contain it. Bits are switched at boundaries only, so the cost is (boundaries + rows) + stretches * vector length.
 */
export function sweepVectors(
  groups: readonly SetRows[],
  store: VectorStore,
  end: number,
  visit: (first: number, last: number, vector: number) => void,
): void {
  const events: { at: number; on: boolean; rows: number[] }[] = [];
  for (const { set, rows } of groups) {
    for (const [first, last] of set) {
      events.push({ at: first, on: true, rows });
      events.push({ at: last + 1, on: false, rows });
    }
  }
  events.sort((a, b) => a.at - b.at);
  const bits = store.empty();
  let at = 0;
  for (let i = 0; i < events.length; ) {
    const next = (events[i] as { at: number }).at;
    if (next > at) visit(at, Math.min(next, end) - 1, store.intern(bits));
    at = next;
    // a set never has a closing and an opening boundary at the same place (intervals are not adjacent), so the order does not matter
    for (; i < events.length && events[i]?.at === next; i++) {
      const event = events[i] as { on: boolean; rows: number[] };
      for (const row of event.rows) event.on ? setBit(bits, row) : clearBit(bits, row);
    }
  }
  if (at < end) visit(at, end - 1, store.intern(bits));
}
