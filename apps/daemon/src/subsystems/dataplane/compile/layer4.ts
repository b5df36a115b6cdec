/**
 * Layer-4 classes: all of TCP, UDP and SCTP destination ports, ICMP types and codes and other protocols on one number line (abi.h,
 * gh_l4_slot), split into stretches that no rule, host service or application tells apart. Source ports likewise.
 */
import type { L4Class } from '@gatehouse/bpf/abi';
import { type IntervalSet, sizeOf, sweepVectors } from './intervals.ts';
import { groupRows, type Row, type Triple } from './rows.ts';
import type { VectorStore } from './vectors.ts';

/** A service of the box: bit number in gh_zone.host_inbound and where it is. */
export type HostServiceSet = { bit: number; set: IntervalSet };

/** An application of the catalogue or the configuration. */
export type ApplicationSet = {
  /** Registry number. */
  number: number;
  set: IntervalSet;
  /** Idle timeout of its sessions in ticks, 0 = the protocol's default. */
  timeout: number;
};

export type L4Tables = { index: Uint16Array; classes: L4Class[] };
export type SportTables = { index: Uint16Array; classes: Triple[] };

/** More classes than a 16-bit index can name. */
export class TooManyClasses extends Error {
  readonly classes: number;
  constructor(classes: number) {
    super(`${classes} classes of ports and protocols, at most 65536 are possible`);
    this.name = 'TooManyClasses';
    this.classes = classes;
  }
}

const MAX_CLASSES = 65536;

/** Vector of every slot, for one rule set. */
function paintVectors(
  rows: readonly Row[],
  sets: (row: Row) => IntervalSet,
  store: VectorStore,
  slots: number,
): Uint32Array {
  const painted = new Uint32Array(slots);
  if (rows.length === 0) return painted;
  const groups = [...groupRows(rows, sets)].map(([set, numbers]) => ({ set, rows: numbers }));
  sweepVectors(groups, store, slots, (first, last, vector) => painted.fill(vector, first, last + 1));
  return painted;
}

/** Paints sets in the order that makes the narrowest of them win, earlier ones on a tie. */
function paintNarrowest<T extends { set: IntervalSet }>(
  items: readonly T[],
  value: (item: T) => number,
  slots: number,
): Uint32Array {
  const painted = new Uint32Array(slots);
  const ordered = items.map((item, order) => ({ item, order, size: sizeOf(item.set) }));
  ordered.sort((a, b) => b.size - a.size || b.order - a.order);
  for (const { item } of ordered) for (const [first, last] of item.set) painted.fill(value(item), first, last + 1);
  return painted;
}

/**
 * @param applications in order of precedence; the one that covers the fewest slots names the class. The idle timeout is that of the
 *   narrowest application that states one.
 * @throws TooManyClasses
 */
export function compileLayer4(
  rulesets: readonly (readonly Row[])[],
  stores: readonly VectorStore[],
  services: readonly HostServiceSet[],
  applications: readonly ApplicationSet[],
  slots: number,
): L4Tables {
  const vectors = rulesets.map((rows, kind) => paintVectors(rows, (row) => row.l4, stores[kind] as VectorStore, slots));
  const applicationOf = paintNarrowest(applications, (a) => a.number, slots);
  const timeoutOf = paintNarrowest(
    applications.filter((a) => a.timeout > 0),
    (a) => a.timeout,
    slots,
  );
  const servicesOf = new BigUint64Array(slots);
  for (const { bit, set } of services) {
    for (const [first, last] of set) {
      for (let slot = first; slot <= last; slot++)
        servicesOf[slot] = (servicesOf[slot] as bigint) | (1n << BigInt(bit));
    }
  }
  const [policy, snat, dnat] = vectors as [Uint32Array, Uint32Array, Uint32Array];
  return indexClasses(slots, (slot) => ({
    hostServices: servicesOf[slot] as bigint,
    vector: [policy[slot] as number, snat[slot] as number, dnat[slot] as number],
    timeout: timeoutOf[slot] as number,
    application: applicationOf[slot] as number,
  }));
}

/** @throws TooManyClasses */
export function compileSourcePorts(
  rulesets: readonly (readonly Row[])[],
  stores: readonly VectorStore[],
  slots: number,
): SportTables {
  const everything: IntervalSet = [[0, slots - 1]];
  const vectors = rulesets.map((rows, kind) =>
    paintVectors(rows, (row) => row.sourcePorts ?? everything, stores[kind] as VectorStore, slots),
  );
  const [policy, snat, dnat] = vectors as [Uint32Array, Uint32Array, Uint32Array];
  return indexClasses(slots, (slot): Triple => [policy[slot] as number, snat[slot] as number, dnat[slot] as number]);
}

function indexClasses<T>(slots: number, describe: (slot: number) => T): { index: Uint16Array; classes: T[] } {
  const index = new Uint16Array(slots);
  const classes: T[] = [];
  const known = new Map<string, number>();
  let previous = '';
  let current = 0;
  for (let slot = 0; slot < slots; slot++) {
    const described = describe(slot);
    const key = keyOf(described);
    if (slot === 0 || key !== previous) {
      previous = key;
      const found = known.get(key);
      if (found === undefined) {
        current = classes.length;
        known.set(key, current);
        classes.push(described);
      } else {
        current = found;
      }
    }
    index[slot] = current;
  }
  if (classes.length > MAX_CLASSES) throw new TooManyClasses(classes.length);
  return { index, classes };
}

function keyOf(described: unknown): string {
  if (Array.isArray(described)) return described.join();
  const c = described as L4Class;
  return `${c.hostServices},${c.vector.join()},${c.timeout},${c.application}`;
}
