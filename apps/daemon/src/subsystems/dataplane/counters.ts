/** Counters of the pipeline, summed over the CPUs, by the names of the configuration. */
import {
  type Counter,
  counterCodec,
  type IfaceCounter,
  ifaceCounterCodec,
  type RuleCounter,
  ruleCounterCodec,
  type Totals,
  totalsCodec,
} from '@gatehouse/bpf/abi';
import { dropReasons } from '@gatehouse/bpf/reasons';
import { type BpfMap, u32 } from '@gatehouse/native';
import type { Counters } from '../../api/schemas.ts';
import type { InterfacePlan } from './compile/interfaces.ts';
import type { Registry } from './registry.ts';
import type { StateMaps } from './state.ts';
import { bootEpochMs, ticksToMs } from './ticks.ts';

type Port = Counters['interfaces'][number];

function cpuValues<T>(map: BpfMap, index: number, codec: { decode(bytes: Buffer): T }): T[] {
  return (map.lookupPerCpu(u32(index)) ?? []).map((bytes) => codec.decode(bytes));
}

/** Sum of a field; 2^53 bytes are 9 petabytes. */
const sum = <T, K extends keyof T>(values: T[], field: K): number =>
  values.reduce((total, value) => total + Number(value[field]), 0);

const RULE_KINDS = ['policy', 'source-nat', 'destination-nat', 'static-nat', 'default-deny'] as const;

function rules(map: BpfMap, registry: Registry): Counters['rules'] {
  return RULE_KINDS.flatMap((kind) =>
    registry.existing(kind).flatMap((entry) => {
      const slot = registry.slotOf('counter', entry.number);
      if (slot === undefined) return [];
      const values = cpuValues<RuleCounter>(map, slot, ruleCounterCodec);
      const lastHit = values.reduce((latest, value) => Math.max(latest, value.hits ? value.lastHit : 0), 0);
      return [
        {
          id: entry.id,
          kind,
          hits: sum(values, 'hits'),
          packets: sum(values, 'packets'),
          bytes: sum(values, 'bytes'),
          lastHit: lastHit ? Math.round(bootEpochMs() + ticksToMs(lastHit)) : null,
        },
      ];
    }),
  );
}

function portOf(name: string, map: BpfMap, slot: number): Port {
  const values = cpuValues<IfaceCounter>(map, slot, ifaceCounterCodec);
  return {
    name,
    rxPackets: sum(values, 'rxPackets'),
    rxBytes: sum(values, 'rxBytes'),
    txPackets: sum(values, 'txPackets'),
    txBytes: sum(values, 'txBytes'),
    drops: sum(values, 'drops'),
  };
}

/** A zone's counters are those of its interfaces. */
function zones(registry: Registry, interfaces: readonly InterfacePlan[], ports: readonly Port[]): Port[] {
  const total = new Map<string, Port>();
  interfaces.forEach((item, i) => {
    const name = registry.atSlot('zone', item.zone)?.name;
    const port = ports[i];
    if (!name || !port) return;
    const before = total.get(name);
    total.set(name, {
      name,
      rxPackets: port.rxPackets + (before?.rxPackets ?? 0),
      rxBytes: port.rxBytes + (before?.rxBytes ?? 0),
      txPackets: port.txPackets + (before?.txPackets ?? 0),
      txBytes: port.txBytes + (before?.txBytes ?? 0),
      drops: port.drops + (before?.drops ?? 0),
    });
  });
  return [...total.values()];
}

export function readTotals(state: StateMaps): Record<keyof Totals, number> {
  const values = cpuValues<Totals>(state.get('totals'), 0, totalsCodec);
  const fields = Object.keys(totalsCodec.offsets) as (keyof Totals)[];
  return Object.fromEntries(fields.map((field) => [field, sum(values, field)])) as Record<keyof Totals, number>;
}

/** One snapshot. `activeSessions`: of the last sweep. */
export function readCounters(
  state: StateMaps,
  registry: Registry,
  interfaces: readonly InterfacePlan[],
  activeSessions: number,
): Counters {
  const ports = interfaces.map((item) => portOf(item.name, state.get('iface_counters'), item.slot));
  return {
    time: Date.now(),
    totals: readTotals(state),
    reasons: dropReasons.map((reason) => {
      const values = cpuValues<Counter>(state.get('reason_counters'), reason.number, counterCodec);
      return { name: reason.name, packets: sum(values, 'packets'), bytes: sum(values, 'bytes') };
    }),
    rules: rules(state.get('rule_counters'), registry),
    zones: zones(registry, interfaces, ports),
    interfaces: ports,
    sessions: { active: activeSessions, limit: state.sizes.sessions },
  };
}

/** Forgets the counts of slots that now belong to other rules. */
export function zeroRuleCounters(state: StateMaps, slots: readonly number[]): void {
  const map = state.get('rule_counters');
  for (const slot of slots) {
    const size = map.lookupPerCpu(u32(slot))?.reduce((bytes, value) => bytes + value.length, 0);
    if (size) map.update(u32(slot), Buffer.alloc(size));
  }
}
