/** A generation of the real pipeline, compiled by the daemon's planner, run frame by frame through BPF_PROG_TEST_RUN. */
import { join } from 'node:path';
import {
  counterCodec,
  type Event,
  eventCodec,
  type Session,
  sessionCodec,
  sweepCodec,
  type Tuple,
  tupleCodec,
} from '@gatehouse/bpf/abi';
import { dropReasons } from '@gatehouse/bpf/reasons';
import { type Config, parseConfig } from '@gatehouse/config';
import { interfaceIndex, RingBuffer, u32 } from '@gatehouse/native';
import { catalogue } from '../../../apps/daemon/src/subsystems/dataplane/catalogue.ts';
import {
  type BoundInterfaces,
  bindInterfaces,
} from '../../../apps/daemon/src/subsystems/dataplane/compile/interfaces.ts';
import { type Generation, loadGeneration } from '../../../apps/daemon/src/subsystems/dataplane/generation.ts';
import { FibEpoch, syncLocalAddresses } from '../../../apps/daemon/src/subsystems/dataplane/network-state.ts';
import { Pins } from '../../../apps/daemon/src/subsystems/dataplane/pins.ts';
import { type DataplanePlan, planDataplane } from '../../../apps/daemon/src/subsystems/dataplane/plan.ts';
import { Registry } from '../../../apps/daemon/src/subsystems/dataplane/registry.ts';
import { cacheSets, type StateMaps } from '../../../apps/daemon/src/subsystems/dataplane/state.ts';
import { nowTicks, secondsToTicks } from '../../../apps/daemon/src/subsystems/dataplane/ticks.ts';
import { readInterfaces } from '../../../apps/daemon/src/subsystems/network/read.ts';
import { type Device, makeBpffs, makeNetwork, NET } from './network.ts';

/** XDP return codes (include/uapi/linux/bpf.h). */
const VERDICTS = ['aborted', 'drop', 'pass', 'tx', 'redirect'] as const;
export type Verdict = (typeof VERDICTS)[number];
export type Outcome = { verdict: Verdict; frame: Buffer };

const OBJECTS = join(import.meta.dirname, '../../build');
/** struct xdp_md */
const XDP_MD_BYTES = 24;
const REASONS = new Map<number, string>(dropReasons.map((reason) => [reason.number, reason.name]));

type Options = {
  /** After the binding: what a kernel without VLAN devices can not tell. */
  bind?: (bound: BoundInterfaces, plan: DataplanePlan) => void;
};

/** Interfaces and zones of {@link NET}; the rest is up to the test. */
export function configOf(over: Record<string, unknown>): Config {
  const result = parseConfig({
    version: 1,
    interfaces: Object.entries(NET).map(([name, { box4, box6 }]) => ({
      name,
      addresses: [`${box4}/24`, `${box6}/64`],
    })),
    zones: [
      { name: 'in', interfaces: ['in0'] },
      { name: 'out', interfaces: ['out0'] },
      { name: 'dmz', interfaces: ['dmz0'] },
    ],
    policies: [{ name: 'all', action: 'permit' }],
    defaultDeny: { log: true },
    ...over,
  });
  if (!result.ok) throw new Error(result.issues.map((item) => `${item.pointer} ${item.message}`).join('\n'));
  return result.config;
}

export class Pipeline {
  readonly state: StateMaps;
  readonly plan: DataplanePlan;
  readonly generation: Generation;
  readonly #pins: Pins;
  readonly #registry: Registry;
  readonly #epoch: FibEpoch;

  private constructor(parts: {
    pins: Pins;
    registry: Registry;
    plan: DataplanePlan;
    generation: Generation;
    state: StateMaps;
  }) {
    this.#pins = parts.pins;
    this.#registry = parts.registry;
    this.plan = parts.plan;
    this.generation = parts.generation;
    this.state = parts.state;
    this.#epoch = new FibEpoch(parts.state);
  }

  static async load(over: Record<string, unknown>, options: Options = {}): Promise<Pipeline> {
    makeNetwork();
    return Pipeline.#load(over, options, new Pins(join(makeBpffs(), 'pins')), new Registry(), null);
  }

  /** A new configuration on the same sessions, as a commit makes it. */
  commit(over: Record<string, unknown>, options: Options = {}): Promise<Pipeline> {
    return Pipeline.#load(over, options, this.#pins, this.#registry, this.state);
  }

  static async #load(
    over: Record<string, unknown>,
    options: Options,
    pins: Pins,
    registry: Registry,
    state: StateMaps | null,
  ) {
    const facts = { interfaces: await readInterfaces() };
    const outcome = planDataplane(configOf(over), `revision of ${JSON.stringify(over)}`, facts, registry, catalogue);
    if (!outcome.ok) throw new Error(outcome.issues.map((item) => item.message).join('\n'));
    const bound = bindInterfaces(outcome.plan.interfaces, facts);
    options.bind?.(bound, outcome.plan);
    const loaded = await loadGeneration({
      pins,
      objects: OBJECTS,
      plan: outcome.plan,
      bound,
      constants: {
        generation: registry.nextGeneration(),
        proofMask: 0xffff0000,
        proofNonce: 0x47480001,
        hashSeed: 0x5eed,
      },
      state,
      sizes: { sessions: 256, ...cacheSets(1024) },
    });
    registry.adopt(outcome.plan.registry);
    syncLocalAddresses(loaded.state.get('local_addrs'), facts.interfaces);
    const pipeline = new Pipeline({ pins, registry, plan: outcome.plan, ...loaded });
    pipeline.#epoch.bump();
    return pipeline;
  }

  /** Runs a frame as if it came in on a device. */
  async send(device: Device, frame: Buffer): Promise<Outcome> {
    const context = Buffer.alloc(XDP_MD_BYTES);
    context.writeUInt32LE(frame.length, 4);
    context.writeUInt32LE(interfaceIndex(device), 12);
    const run = await this.generation.program('gh_fast').testRun({ data: frame, context });
    return { verdict: VERDICTS[run.retval] ?? 'aborted', frame: run.data };
  }

  /** Events since the last call. */
  events(): Event[] {
    return RingBuffer.drain(this.state.get('events')).map((record) => eventCodec.decode(record));
  }

  /** Names of the reasons of the drops since the last call. */
  drops(): string[] {
    return this.events()
      .filter((event) => event.kind === 3)
      .map((event) => REASONS.get(event.reason) ?? String(event.reason));
  }

  /** All sessions with their keys. */
  async sessions(): Promise<{ key: Tuple; session: Session }[]> {
    const found: { key: Tuple; session: Session }[] = [];
    for await (const { keys, values, count } of this.state.get('sessions').batches())
      for (let i = 0; i < count; i++)
        found.push({
          key: tupleCodec.decode(keys, i * tupleCodec.size),
          session: sessionCodec.decode(values, (i * values.length) / count),
        });
    return found;
  }

  /** Runs the expiry as it will be after some seconds without packets. */
  async sweepAfter(seconds: number): Promise<{ removed: number; live: number }> {
    const request = {
      now: (nowTicks() + secondsToTicks(seconds)) >>> 0,
      limit: 256,
      earlyPercent: 100,
      fold: 1,
      scanned: 0n,
      removed: 0n,
      live: 0n,
    };
    const { context } = await this.generation.program('gh_sweep').testRun({ context: sweepCodec.encode(request) });
    const { removed, live } = sweepCodec.decode(context);
    return { removed: Number(removed), live: Number(live) };
  }

  /** Packets that were dropped for a reason, since the state was made. */
  dropped(reason: string): number {
    const number = dropReasons.find((item) => item.name === reason)?.number ?? 0;
    const values = this.state.get('reason_counters').lookupPerCpu(u32(number)) ?? [];
    return values.reduce((sum, value) => sum + Number(counterCodec.decode(value).packets), 0);
  }
}
