/** The kernel's verifier must have room left for what comes: half of its limit is the budget. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BpfObject } from '@gatehouse/native';
import { expect, it } from 'vitest';
import { Pipeline } from './support/pipeline.ts';

/** BPF_COMPLEXITY_LIMIT_INSNS is one million. */
const BUDGET = 500_000;

it('all programs with all features stay far below the verifier’s limit', async () => {
  const pipeline = await Pipeline.load({
    screens: [{ name: 'all', land: true, synFin: true, noFlag: true, finNoAck: true }],
    zones: [
      { name: 'in', interfaces: ['in0'], screen: 'all', hostInbound: ['all'] },
      { name: 'out', interfaces: ['out0'] },
      { name: 'dmz', interfaces: ['dmz0'] },
    ],
    applications: [{ name: 'from', terms: [{ protocol: 'udp', sourcePort: '1-9', destinationPort: '9' }] }],
    policies: [{ name: 'p', application: ['from'], action: 'permit' }],
    nat: {
      source: [{ name: 's', to: ['out'], translation: { type: 'interface' } }],
      destination: [
        {
          name: 'd',
          from: ['out'],
          destination: ['203.0.113.1'],
          protocol: 'tcp',
          port: '1',
          translation: { address: '10.3.0.10' },
        },
      ],
    },
  });
  const costs = (['gh_fast', 'gh_sweep', 'gh_kill', 'gh_tc_ingress', 'gh_tc_egress'] as const).map((name) => [
    name,
    pipeline.generation.program(name).verifiedInstructions,
  ]);
  mkdirSync(join(import.meta.dirname, '../../artifacts'), { recursive: true });
  writeFileSync(join(import.meta.dirname, '../../artifacts/verifier.json'), JSON.stringify(Object.fromEntries(costs)));
  for (const [name, cost] of costs) {
    expect(cost, String(name)).toBeGreaterThan(0);
    expect(cost, String(name)).toBeLessThan(BUDGET);
  }
});

it('an object that is none is refused with its name', () => {
  expect(() => BpfObject.open('/nonexistent.bpf.o')).toThrow('/nonexistent.bpf.o');
});
