/** The common form of all rule sets between expansion and compilation: a row is a cross product of sets, one set per dimension. */
import type { AddressSet } from './address-set.ts';
import type { IntervalSet } from './intervals.ts';

/** Index into the rule sets (abi.h, gh_ruleset_kind). */
export const POLICY = 0;
export const SNAT = 1;
export const DNAT = 2;
export type RulesetKind = 0 | 1 | 2;

export type Row = {
  /** Zone slots. */
  from: readonly number[];
  to: readonly number[];
  source: AddressSet;
  destination: AddressSet;
  /** Layer-4 slots (abi.h, gh_l4_slot). */
  l4: IntervalSet;
  /** Slots of sport_index: port for TCP, 65536 + port for UDP; null = no condition. */
  sourcePorts: IntervalSet | null;
};

/** One word per rule set. */
export type Triple = [number, number, number];

/** Groups row numbers by a property, in order of first appearance. */
export function groupRows<K>(rows: readonly Row[], key: (row: Row) => K): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  rows.forEach((row, number) => {
    const group = groups.get(key(row));
    if (group) group.push(number);
    else groups.set(key(row), [number]);
  });
  return groups;
}
