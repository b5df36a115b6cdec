/** The dataplane: one verified pipeline per commit, switched by one flip, on state that outlives it. */
import { join } from 'node:path';
import { closeReason } from '@gatehouse/bpf/abi';
import type { Config } from '@gatehouse/config';
import { revisionOf } from '@gatehouse/config/revision';
import { isNativeError } from '@gatehouse/native';
import type {
  Counters,
  Explanation,
  LogEntry,
  LogFilter,
  PacketDescription,
  SessionFilter,
} from '../../api/schemas.ts';
import type { DataplaneServices, InterfaceMode } from '../../api/services.ts';
import {
  type Deviation,
  type Facts,
  type InterfaceFact,
  type PlanResult,
  PrepareError,
  type Subsystem,
  type SubsystemStatus,
  type Undo,
} from '../subsystem.ts';
import { bootConstants } from './boot-constants.ts';
import { catalogue } from './catalogue.ts';
import { bindInterfaces } from './compile/interfaces.ts';
import { readCounters, readTotals, zeroRuleCounters } from './counters.ts';
import { EventLog } from './events.ts';
import { Explainer } from './explain/index.ts';
import type { BootConstants } from './features.ts';
import { loadGeneration } from './generation.ts';
import { issue } from './issue.ts';
import { Kernel, type Made, type Running } from './kernel.ts';
import { Names } from './names.ts';
import { Pins } from './pins.ts';
import { type DataplanePlan, planDataplane } from './plan.ts';
import { Registry } from './registry.ts';
import { listSessions, sessionKeys, sessionsBehind } from './sessions.ts';
import { cacheSets, type StateSizes } from './state.ts';
import { Sweeper } from './sweeper.ts';

export type DataplaneOptions = {
  stateDir: string;
  /** Directory on a bpffs that is this instance's alone. */
  bpffs: string;
  /** Directory of the compiled objects. */
  objects: string;
  /** Capacity of the session table. */
  sessions: number;
  /** Wanted entries of the IPv4 flow cache: a power of two. */
  flowCache: number;
  log: (text: string) => void;
};

export class Dataplane implements Subsystem<DataplanePlan, Made>, DataplaneServices {
  readonly name = 'dataplane';
  readonly essential = true;
  readonly #options: DataplaneOptions;
  readonly #sizes: StateSizes;
  readonly #constants: BootConstants;
  readonly #registry: Registry;
  readonly #names: Names;
  readonly #kernel: Kernel;
  readonly #events: EventLog;
  readonly #sweeper: Sweeper;
  readonly #explainer: Explainer;
  #facts: Facts = { interfaces: [] };
  #started = false;

  private constructor(options: DataplaneOptions) {
    this.#options = options;
    this.#sizes = { sessions: options.sessions, ...cacheSets(options.flowCache) };
    this.#constants = bootConstants(options.stateDir);
    this.#registry = Registry.load(this.#registryFile);
    this.#names = new Names(this.#registry);
    this.#kernel = new Kernel(new Pins(options.bpffs), options.objects);
    this.#events = new EventLog(this.#names);
    this.#sweeper = new Sweeper(
      () => this.#kernel.running?.generation ?? null,
      () => this.#kernel.running?.state.sizes.sessions ?? this.#sizes.sessions,
      options.log,
    );
    this.#explainer = new Explainer(options.objects, this.#constants);
  }

  get #registryFile(): string {
    return join(this.#options.stateDir, 'registry.json');
  }

  /** Opens an instance and takes over what an earlier daemon left running. */
  static async open(options: DataplaneOptions): Promise<Dataplane> {
    const dataplane = new Dataplane(options);
    const found = dataplane.#kernel.adopt();
    for (const number of dataplane.#kernel.pins.generations()) dataplane.#registry.noteGeneration(number);
    if (found) options.log(`found generation ${found.generation.number} running: packets were forwarded all the time`);
    return dataplane;
  }

  /** Detaches from all devices and removes all pins. */
  static async cleanup({ bpffs, log }: Pick<DataplaneOptions, 'bpffs' | 'log'>): Promise<void> {
    const pins = new Pins(bpffs);
    const generations = pins.generations();
    const devices = new Set(pins.links().map((link) => link.ifindex));
    pins.removeTree(pins.root);
    log(`attachments to ${devices.size} devices, ${generations.length} generations, sessions and counters`);
  }

  plan(config: Config, facts: Facts): PlanResult<DataplanePlan> {
    return planDataplane(config, revisionOf(config), facts, this.#registry, catalogue);
  }

  async prepare(plan: DataplanePlan): Promise<Made> {
    const generation = this.#registry.nextGeneration();
    this.#registry.save(this.#registryFile);
    const bound = bindInterfaces(plan.interfaces, this.#facts);
    try {
      const loaded = await loadGeneration({
        pins: this.#kernel.pins,
        objects: this.#options.objects,
        plan,
        bound,
        constants: { ...this.#constants, generation },
        state: this.#kernel.running?.state ?? null,
        sizes: this.#sizes,
      });
      for (const text of loaded.migrated) this.#options.log(`sessions will start anew: ${text}`);
      return { generation: loaded.generation, state: loaded.state, made: { plan, bound } };
    } catch (error) {
      if (!isNativeError(error)) throw error;
      throw new PrepareError([
        issue(
          [],
          plan.revision.slice(0, 12),
          `the kernel refused the pipeline: ${error.message}`,
          'Report this; what runs is unchanged.',
        ),
      ]);
    }
  }

  async apply(prepared: Made, facts: Facts): Promise<Undo> {
    this.#facts = facts;
    const { plan } = prepared.made;
    zeroRuleCounters(prepared.state, plan.registry.reusedCounters);
    const existed = this.#registry.existingNumbers();
    // numbers are durable before a packet can carry them
    this.#registry.adopt(plan.registry);
    this.#registry.save(this.#registryFile);
    const forget = () => {
      this.#registry.markExisting(existed);
      this.#registry.save(this.#registryFile);
    };
    let before: Running | null;
    try {
      before = await this.#kernel.switchTo(prepared, facts);
    } catch (error) {
      forget();
      throw error;
    }
    this.#changed(before);
    return async () => {
      this.#kernel.restore(before);
      forget();
      this.#changed(prepared);
    };
  }

  /** Another generation runs: events and counters may come from other maps. */
  #changed(before: Running | null): void {
    const state = this.#kernel.running?.state;
    if (this.#started && state && state !== before?.state) this.#events.read(state.get('events'));
  }

  async verify(plan: DataplanePlan): Promise<Deviation[]> {
    const running = this.#kernel.running?.made?.plan.revision;
    if (running !== plan.revision)
      return [{ what: 'revision', expected: plan.revision.slice(0, 12), found: running?.slice(0, 12) ?? 'none' }];
    return this.#kernel.deviations();
  }

  async status(): Promise<SubsystemStatus> {
    const [first] = this.#kernel.deviations();
    return first
      ? { name: this.name, state: 'failed', message: `${first.what} is ${first.found}, expected ${first.expected}` }
      : { name: this.name, state: 'ok', message: `generation ${this.generation()} runs on all devices` };
  }

  async release(prepared: Made): Promise<void> {
    const running = this.#kernel.running;
    if (running?.generation === prepared.generation) return;
    await this.#sweeper.exclusively(async () => {
      prepared.generation.unpin();
      if (prepared.state === running?.state) return;
      prepared.state.close();
      this.#kernel.pins.removeTree(this.#kernel.pins.state(prepared.state.layout));
    });
  }

  async settle(): Promise<void> {
    await this.#sweeper.exclusively(async () => this.#kernel.removeOthers());
  }

  generation(): number {
    return this.#kernel.running?.generation.number ?? 0;
  }

  lostEvents(): number {
    const state = this.#kernel.running?.state;
    return this.#events.lost + (state ? readTotals(state).eventsLost : 0);
  }

  get #plan(): DataplanePlan {
    const plan = this.#kernel.running?.made?.plan;
    if (!plan) throw new Error('no configuration is applied yet');
    return plan;
  }

  async counters(): Promise<Counters> {
    const { state } = this.#kernel.running as Running;
    return readCounters(state, this.#registry, this.#plan.interfaces, this.#sweeper.live);
  }

  async interfaceModes(): Promise<Map<string, InterfaceMode>> {
    return new Map(this.#facts.interfaces.map((fact) => [fact.name, this.#kernel.attachmentMode(fact.ifindex)]));
  }

  listSessions(filter: SessionFilter, limit: number, cursor: string | null) {
    const { state } = this.#kernel.running as Running;
    return listSessions(state.get('sessions'), this.#names, this.#plan.timeouts, filter, limit, cursor);
  }

  async clearSessions(filter: SessionFilter): Promise<number> {
    const { state } = this.#kernel.running as Running;
    const keys = await sessionKeys(state.get('sessions'), this.#names, filter);
    return this.#sweeper.kill(keys, closeReason.cleared);
  }

  recentEvents(filter: LogFilter, limit: number): LogEntry[] {
    return this.#events.recent(filter, limit);
  }

  watchEvents(filter: LogFilter, after: string | null, onEntry: (entry: LogEntry) => void): () => void {
    return this.#events.watch(filter, after, onEntry);
  }

  async explain(packet: PacketDescription, candidate: Config | null): Promise<Explanation> {
    const planned = candidate === null ? null : this.plan(candidate, this.#facts);
    if (planned && !planned.ok) throw new PrepareError(planned.issues);
    return this.#explainer.explain(packet, planned?.plan ?? this.#plan, this.#facts);
  }

  async networkChanged(interfaces: InterfaceFact[]): Promise<void> {
    this.#facts = { interfaces };
    const gone = this.#kernel.networkChanged(this.#facts);
    const state = this.#kernel.running?.state;
    if (gone.length === 0 || !state) return;
    // answers to an address that is no longer the box's can not come: whoever waits for them shall know
    const keys = await sessionsBehind(state.get('sessions'), new Set(gone));
    const closed = await this.#sweeper.kill(keys, closeReason.addressGone);
    if (closed > 0) this.#options.log(`${closed} sessions ended with an address that the network took back`);
  }

  async start(): Promise<void> {
    this.#started = true;
    const state = this.#kernel.running?.state;
    if (state) this.#events.read(state.get('events'));
    await this.#sweeper.sweep();
    this.#sweeper.start();
  }

  async stop(): Promise<void> {
    await this.#sweeper.stop();
    this.#events.stop();
    this.#explainer.close();
  }
}
