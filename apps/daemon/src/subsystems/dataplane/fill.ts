/** Configuration maps: their sizes before the load, their contents after it. Array maps are written through their memory, the others in batches. */
import {
  addrClassCodec,
  ifaceCodec,
  l4ClassCodec,
  lpmKeyCodec,
  natRowCodec,
  policyRowCodec,
  sportClassCodec,
  vlanKeyCodec,
  zoneCodec,
  zonePairCodec,
} from '@gatehouse/bpf/abi';
import { type BpfMap, type BpfObject, u32 } from '@gatehouse/native';
import type { BoundInterfaces } from './compile/interfaces.ts';
import type { DataplanePlan } from './plan.ts';

/** Maps of a generation's own, shared by its XDP and its TCX programs. */
export const CONFIG_MAPS = [
  'iface_by_index',
  'iface_by_vlan',
  'ifaces',
  'zones',
  'zone_pairs',
  'addresses',
  'l4_index',
  'l4_classes',
  'sport_index',
  'sport_classes',
  'vectors_policy',
  'vectors_snat',
  'vectors_dnat',
  'policy_rows',
  'snat_rows',
  'dnat_rows',
  'ports',
] as const;

const VECTOR_MAPS = ['vectors_policy', 'vectors_snat', 'vectors_dnat'] as const;

/** Sizes the configuration maps of an object that is not loaded yet. */
export function sizeConfigMaps(object: BpfObject, plan: DataplanePlan): void {
  const { tables } = plan;
  const sizes: Record<string, number> = {
    l4_classes: tables.l4.classes.length,
    sport_classes: tables.sourcePorts?.classes.length ?? 1,
    policy_rows: plan.policyRows.length,
    snat_rows: plan.snatRows.length,
    dnat_rows: plan.dnatRows.length,
  };
  VECTOR_MAPS.forEach((name, kind) => {
    const store = tables.stores[kind];
    sizes[name] = store ? store.byteLength / 8 : 0;
  });
  for (const [name, entries] of Object.entries(sizes)) object.setMaxEntries(name, Math.max(1, entries));
}

type Encoder<T> = { encodeInto(value: T, bytes: Buffer, at: number): void };

function writeArray<T>(map: BpfMap, codec: Encoder<T>, entries: Iterable<readonly [number, T]>): void {
  const memory = Buffer.from(map.mmap());
  for (const [index, value] of entries) codec.encodeInto(value, memory, index * map.stride);
}

/** 16-bit values in an array map: each takes a whole stride. */
function writeIndex(map: BpfMap, values: Uint16Array): void {
  const memory = new Uint16Array(map.mmap());
  const step = map.stride / 2;
  for (let i = 0; i < values.length; i++) memory[i * step] = values[i] as number;
}

/** Fills all configuration maps of a loaded object. They were created empty. */
export async function fillConfigMaps(object: BpfObject, plan: DataplanePlan, bound: BoundInterfaces): Promise<void> {
  const { tables } = plan;
  writeArray(object.map('zones'), zoneCodec, plan.zones);
  writeArray(
    object.map('zone_pairs'),
    zonePairCodec,
    [...tables.zonePairs].map(([index, vector]) => [index, { vector }] as const),
  );
  writeIndex(object.map('l4_index'), tables.l4.index);
  writeArray(object.map('l4_classes'), l4ClassCodec, tables.l4.classes.entries());
  if (tables.sourcePorts) {
    writeIndex(object.map('sport_index'), tables.sourcePorts.index);
    writeArray(
      object.map('sport_classes'),
      sportClassCodec,
      tables.sourcePorts.classes.map((vector, index) => [index, { vector }] as const),
    );
  }
  VECTOR_MAPS.forEach((name, kind) => {
    const bytes = tables.stores[kind]?.encode();
    if (bytes) Buffer.from(object.map(name).mmap()).set(bytes);
  });
  writeArray(object.map('policy_rows'), policyRowCodec, plan.policyRows.entries());
  writeArray(object.map('snat_rows'), natRowCodec, plan.snatRows.entries());
  writeArray(object.map('dnat_rows'), natRowCodec, plan.dnatRows.entries());
  await fillAddresses(object.map('addresses'), plan);
  fillInterfaces((name) => object.map(name), null, bound);
}

async function fillAddresses(map: BpfMap, plan: DataplanePlan): Promise<void> {
  const { addresses } = plan.tables;
  const keys = Buffer.alloc(addresses.length * lpmKeyCodec.size);
  const values = Buffer.alloc(addresses.length * addrClassCodec.size);
  addresses.forEach(({ prefix, src, dst }, i) => {
    lpmKeyCodec.encodeInto({ prefixlen: prefix.length, addr: prefix.bytes }, keys, i * lpmKeyCodec.size);
    addrClassCodec.encodeInto({ src, dst }, values, i * addrClassCodec.size);
  });
  await map.updateBatch(keys, values, addresses.length);
}

/**
 * Writes the maps that hold kernel interface numbers. With `before`, what that binding had and the new one has not is taken away: used just
 * before a flip, when devices changed since the generation was made.
 */
export function fillInterfaces(
  map: (name: (typeof CONFIG_MAPS)[number]) => BpfMap,
  before: BoundInterfaces | null,
  bound: BoundInterfaces,
): void {
  const ifaces = map('ifaces');
  const rows = Buffer.from(ifaces.mmap());
  for (const slot of before?.ifaces.keys() ?? [])
    if (!bound.ifaces.has(slot)) rows.fill(0, slot * ifaces.stride, slot * ifaces.stride + ifaceCodec.size);
  for (const [slot, row] of bound.ifaces) ifaceCodec.encodeInto(row, rows, slot * ifaces.stride);

  const byIndex = map('iface_by_index');
  const index = new Uint16Array(byIndex.mmap());
  const step = byIndex.stride / 2;
  for (const ifindex of before?.byIndex.keys() ?? []) index[ifindex * step] = 0;
  for (const [ifindex, slot] of bound.byIndex) index[ifindex * step] = slot;

  const byVlan = map('iface_by_vlan');
  for (const key of before?.byVlan ?? []) byVlan.delete(vlanKeyCodec.encode(key));
  for (const { slot, ...key } of bound.byVlan) {
    const value = Buffer.alloc(2);
    value.writeUInt16LE(slot);
    byVlan.update(vlanKeyCodec.encode(key), value);
  }

  const ports = map('ports');
  for (const slot of before?.ports.keys() ?? []) if (!bound.ports.has(slot)) ports.delete(u32(slot));
  for (const [slot, ifindex] of bound.ports) ports.update(u32(slot), u32(ifindex));
}
