/** The classifier tables of a generation from the rows of its three rule sets. */
import { type AddressEntry, compileAddresses } from './addresses.ts';
import {
  type ApplicationSet,
  compileLayer4,
  compileSourcePorts,
  type HostServiceSet,
  type L4Tables,
  type SportTables,
} from './layer4.ts';
import type { Row, Triple } from './rows.ts';
import { VectorStore } from './vectors.ts';
import { compileZonePairs } from './zone-pairs.ts';

/** Sizes of the index tables, from abi.h. */
export type TableSizes = { zones: number; l4Slots: number; sportSlots: number };

export type ClassifierTables = {
  /** Vectors of policy, source NAT and destination NAT. */
  stores: readonly [VectorStore, VectorStore, VectorStore];
  addresses: AddressEntry[];
  zonePairs: Map<number, Triple>;
  l4: L4Tables;
  /** null: no rule names a source port, the dimension is compiled out. */
  sourcePorts: SportTables | null;
};

/**
 * @param zones slots of all zones, without the unassigned one and the box itself
 * @throws TooManyClasses
 */
export function compileTables(
  rulesets: readonly [readonly Row[], readonly Row[], readonly Row[]],
  zones: readonly number[],
  services: readonly HostServiceSet[],
  applications: readonly ApplicationSet[],
  sizes: TableSizes,
): ClassifierTables {
  const stores = [
    new VectorStore(rulesets[0].length),
    new VectorStore(rulesets[1].length),
    new VectorStore(rulesets[2].length),
  ] as const;
  const withSourcePorts = rulesets.some((rows) => rows.some((row) => row.sourcePorts !== null));
  return {
    stores,
    addresses: compileAddresses(rulesets, stores),
    zonePairs: compileZonePairs(rulesets, stores, zones, sizes.zones),
    l4: compileLayer4(rulesets, stores, services, applications, sizes.l4Slots),
    sourcePorts: withSourcePorts ? compileSourcePorts(rulesets, stores, sizes.sportSlots) : null,
  };
}
