/** Complete generations of the real pipeline, compiled by the daemon's own planner, each with its own state and its own entry program. */
import { join } from 'node:path';
import { localCodec, totalsCodec } from '@gatehouse/bpf/abi';
import type { Config } from '@gatehouse/config';
import { BpfObject, type BpfProgram, interfaceIndex, RingBuffer, u32 } from '@gatehouse/native';
import { catalogue } from '../apps/daemon/src/subsystems/dataplane/catalogue.ts';
import { bindInterfaces } from '../apps/daemon/src/subsystems/dataplane/compile/interfaces.ts';
import { type Generation, loadGeneration, OBJECTS } from '../apps/daemon/src/subsystems/dataplane/generation.ts';
import { parseAddress } from '../apps/daemon/src/subsystems/dataplane/ip.ts';
import { Pins } from '../apps/daemon/src/subsystems/dataplane/pins.ts';
import { planDataplane } from '../apps/daemon/src/subsystems/dataplane/plan.ts';
import { Registry } from '../apps/daemon/src/subsystems/dataplane/registry.ts';
import { cacheSets, type StateMaps } from '../apps/daemon/src/subsystems/dataplane/state.ts';
import { readInterfaces } from '../apps/daemon/src/subsystems/network/read.ts';
import { BEDS, ROUTER } from './topology.ts';

const BUILT = join(import.meta.dirname, '..', 'bpf', 'build');

export type PipelineSizes = { sessions: number; cacheFlows: number };

export class Pipeline {
  /** To attach: jumps into the generation through its slot, as on a box. */
  readonly entry: BpfProgram;
  readonly generation: Generation;
  readonly state: StateMaps;
  /** Time from the configuration to a loaded and filled generation, ms. */
  readonly compileMs: number;
  readonly #entryObject: BpfObject;
  readonly #pins: Pins;

  private constructor(entry: BpfObject, generation: Generation, state: StateMaps, pins: Pins, compileMs: number) {
    this.#entryObject = entry;
    this.entry = entry.program('gh_entry_xdp');
    this.generation = generation;
    this.state = state;
    this.compileMs = compileMs;
    this.#pins = pins;
  }

  /** @param directory on a bpffs; made and removed here. Must run in the bed's namespace. */
  static async load(config: Config, directory: string, sizes: PipelineSizes): Promise<Pipeline> {
    const pins = new Pins(directory);
    const facts = { interfaces: await readInterfaces() };
    const begun = performance.now();
    const outcome = planDataplane(config, 'bench', facts, new Registry(), catalogue);
    if (!outcome.ok) throw new Error(outcome.issues.map((found) => `${found.pointer} ${found.message}`).join('\n'));
    const { generation, state } = await loadGeneration({
      pins,
      objects: BUILT,
      plan: outcome.plan,
      bound: bindInterfaces(outcome.plan.interfaces, facts),
      constants: { generation: 1, proofMask: 0xffff0000, proofNonce: 0x47480000, hashSeed: 0x5eed1234 },
      state: null,
      sizes: { sessions: sizes.sessions, ...cacheSets(sizes.cacheFlows) },
    });
    const compileMs = performance.now() - begun;
    for (const [address, device] of [
      [ROUTER.ingress4, BEDS.xdp.ingress],
      [ROUTER.egress4, BEDS.xdp.egress],
      [ROUTER.ingress6, BEDS.xdp.ingress],
      [ROUTER.egress6, BEDS.xdp.egress],
    ] as const)
      state
        .get('local_addrs')
        .update(parseAddress(address).bytes, localCodec.encode({ ifindex: interfaceIndex(device), broadcast: 0 }));
    const entry = BpfObject.open(join(BUILT, OBJECTS.entry));
    entry.reuseMap('reason_counters', state.get('reason_counters'));
    await entry.load();
    entry.map('xdp_slot').update(u32(0), u32(generation.program('gh_fast').fd));
    return new Pipeline(entry, generation, state, pins, compileMs);
  }

  /** Packets that missed the flow cache so far. */
  slowPackets(): number {
    const values = this.state.get('totals').lookupPerCpu(u32(0)) ?? [];
    return values.reduce((sum, value) => sum + Number(totalsCodec.decode(value).slowPath), 0);
  }

  /** Empties the ring buffer of events, as the daemon does all the time. */
  drainEvents(): void {
    RingBuffer.drain(this.state.get('events'));
  }

  close(): void {
    this.#entryObject.close();
    this.state.close();
    this.generation.close();
    this.#pins.removeTree(this.#pins.root);
  }
}
