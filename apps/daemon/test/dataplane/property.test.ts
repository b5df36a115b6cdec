import type { NatRow } from '@gatehouse/bpf/abi';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/subsystems/dataplane/ip.ts';
import { type DataplanePlan, planDataplane } from '../../src/subsystems/dataplane/plan.ts';
import { Registry } from '../../src/subsystems/dataplane/registry.ts';
import { randomConfig, randomFlow } from './support/configs.ts';
import { Lookup, type Question } from './support/lookup.ts';
import { Random } from './support/random.ts';
import { type Flow, firstDestinationNat, firstPolicy, firstSourceNat } from './support/reference.ts';

const PROTO: Record<string, number> = { tcp: 0, udp: 65536, sctp: 131072, icmp: 196608, icmp6: 262144 };

function question(plan: DataplanePlan, flow: Flow, kind: 0 | 1 | 2): Question {
  const slot = (zone: string) =>
    plan.registry.slotOf('zone', plan.registry.find('zone', zone)?.number as number) as number;
  const base = typeof flow.protocol === 'number' ? 327680 + flow.protocol : (PROTO[flow.protocol] as number);
  const icmp = flow.protocol === 'icmp' || flow.protocol === 'icmp6';
  const ports = flow.protocol === 'tcp' || flow.protocol === 'udp';
  const l4 = typeof flow.protocol === 'number' ? 0 : icmp ? flow.icmpType * 256 + flow.icmpCode : flow.destinationPort;
  return {
    kind,
    from: slot(flow.fromZone),
    to: kind === 2 ? 0 : slot(flow.toZone),
    source: parseAddress(flow.source).bytes,
    destination: parseAddress(flow.destination).bytes,
    l4Slot: base + l4,
    sportSlot: ports ? flow.sourcePort + (flow.protocol === 'udp' ? 65536 : 0) : 0,
  };
}

/** Object id behind a row, or null. */
function idOf(plan: DataplanePlan, rows: readonly { rule: number }[], row: number): string | null {
  return row < 0 ? null : (plan.registry.entry((rows[row] as { rule: number }).rule)?.id ?? 'unknown');
}

describe('a compiled configuration decides as its rules do, read from top to bottom', () => {
  let answers = 0;
  let matched = 0;
  it.each(Array.from({ length: 48 }, (_, i) => i + 1))('random configuration, seed %i', (seed) => {
    const random = new Random(seed * 7919);
    const config = randomConfig(random);
    const outcome = planDataplane(config, `revision-${seed}`, { interfaces: [] }, new Registry(), {
      applications: [],
      hostServices: [],
    });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.issues));
    const { plan } = outcome;
    const lookup = new Lookup(plan.tables);
    for (let i = 0; i < 60; i++) {
      const flow = randomFlow(random);
      const context = JSON.stringify({ seed, i, flow });
      const got = [plan.policyRows, plan.snatRows, plan.dnatRows].map((rows, kind) =>
        idOf(plan, rows, lookup.firstRow(question(plan, flow, kind as 0 | 1 | 2))),
      );
      const expected = [firstPolicy(config, flow), firstSourceNat(config, flow), firstDestinationNat(config, flow)];
      expect(got, context).toEqual(expected);
      answers += 3;
      matched += expected.filter((id) => id !== null).length;
      const row = lookup.firstRow(question(plan, flow, 1));
      const snat: NatRow | undefined = plan.snatRows[row];
      // the pipeline does not go on to the next row when the family is wrong, so a row must not match the other family
      if (snat?.family) expect(snat.family, context).toBe(flow.source.includes(':') ? 6 : 4);
    }
  });
  it('met both answers often enough to say something', () => {
    expect(answers).toBeGreaterThan(8000);
    expect(matched / answers).toBeGreaterThan(0.15);
    expect(matched / answers).toBeLessThan(0.85);
  });
});
