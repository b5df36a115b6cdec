/**
 * One phase: a number of flows and of rules, all cases measured in turns. Runs as a process of its own in the namespace HOME (started by
 * run.ts), prints one JSON line per row.
 */
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BpfLink, type BpfProgram, interfaceIndex, mountBpffs, unmountBpffs } from '@gatehouse/native';
import { bindTo, cpuNs, median, softirqThread } from './cpu.ts';
import { Generator, type Stream } from './generator.ts';
import { Pipeline } from './pipeline.ts';
import { gatehouseConfig } from './rules.ts';
import { BEDS, type BedName, ROUTER } from './topology.ts';

export type Phase = {
  /** Power of two. */
  flows: number;
  rules: number;
  /** true: every frame begins a flow. */
  fresh: boolean;
  rounds: number;
  /** Frames of one case in one round. */
  frames: number;
};

export type Row = {
  case: string;
  family: 4 | 6;
  /** 0: every frame begins a flow. */
  flows: number;
  rules: number;
  /** CPU time of generator, router and sink for a frame: median of the rounds. */
  ns: number;
  /** Quartiles of the rounds. */
  low: number;
  high: number;
  /** ns / ns of `redirect` in the same phase and family. */
  ratio: number;
  /** Part of the frames that did not arrive. */
  loss: number;
  /** For Gatehouse: ms from the configuration to a loaded generation. */
  compileMs?: number;
  /** For Gatehouse: part of the frames that missed the flow cache. */
  slow?: number;
};

type Case = {
  name: string;
  bed: BedName;
  family: 4 | 6;
  /** What is attached to the XDP bed; the kernel's beds have no program. */
  program?: BpfProgram;
  pipeline?: Pipeline;
  /** Connection tracking must see replies before a flow counts as established; sent to the translated source if any. */
  replies?: { to?: string };
};

/** The measuring process is bound to the last CPU: the first has the timers and most interrupts. */
const CPU = 1;
/** Where the flows of the fresh phases go: no table has seen them. */
const FRESH_DESTINATION = '10.19.128.2';
/** Entries of the flow cache per flow: two ways and a quarter of the entries in use keep nearly all flows. */
const CACHE_FACTOR = 4;

class Bench {
  readonly #phase: Phase;
  readonly #generator: Generator;
  readonly #cases: Case[];
  readonly #thread = softirqThread(CPU);
  #link: BpfLink | undefined;

  constructor(phase: Phase, generator: Generator, cases: Case[]) {
    this.#phase = phase;
    this.#generator = generator;
    this.#cases = cases;
  }

  #select(item: Case): void {
    if (!item.program) return;
    this.#link ??= BpfLink.attachXdp(item.program, interfaceIndex(BEDS.xdp.ingress), 'native');
    this.#link.update(item.program);
  }

  #stream(item: Case): Stream {
    const { flows, fresh } = this.#phase;
    return {
      bed: BEDS[item.bed],
      family: item.family,
      flows: fresh ? 1 << 22 : flows,
      order: fresh ? 'sequential' : 'random',
      ...(fresh ? { destination4: FRESH_DESTINATION } : {}),
    };
  }

  /** Every flow is seen in order, so that each is in all tables before anything is measured. */
  async #warm(item: Case): Promise<void> {
    const { flows, fresh } = this.#phase;
    const stream: Stream = { ...this.#stream(item), order: 'sequential' };
    this.#select(item);
    const frames = fresh ? this.#phase.frames : flows + 4096;
    for (const reversed of item.replies && !fresh ? [undefined, item.replies, undefined] : [undefined, undefined]) {
      this.#generator.aim(reversed ? { ...stream, reversed } : stream);
      await this.#generator.send(frames, item.family);
    }
  }

  async run(): Promise<Row[]> {
    const times = new Map<Case, number[]>(this.#cases.map((item) => [item, []]));
    const lost = new Map<Case, number>();
    for (const item of this.#cases) await this.#warm(item);
    const before = new Map(this.#cases.map((item) => [item, item.pipeline?.slowPackets() ?? 0]));
    const frames = this.#phase.frames;
    for (let round = 0; round < this.#phase.rounds; round++)
      for (const item of this.#cases) {
        this.#select(item);
        this.#generator.aim(this.#stream(item));
        item.pipeline?.drainEvents();
        const received = this.#generator.received;
        const begun = cpuNs(this.#thread);
        await this.#generator.send(frames, item.family);
        times.get(item)?.push((cpuNs(this.#thread) - begun) / frames);
        lost.set(item, (lost.get(item) ?? 0) + frames - (this.#generator.received - received));
      }
    const total = frames * this.#phase.rounds;
    return this.#cases.map((item) => {
      const values = [...(times.get(item) as number[])].sort((a, b) => a - b);
      const floor = this.#cases.find((other) => other.name === 'redirect' && other.family === item.family) as Case;
      const at = (part: number) => round1(values[Math.floor((values.length - 1) * part)] as number);
      const ns = median(values);
      return {
        case: item.name,
        family: item.family,
        flows: this.#phase.fresh ? 0 : this.#phase.flows,
        rules: this.#phase.rules,
        ns: round1(ns),
        low: at(0.25),
        high: at(0.75),
        ratio: Math.round((ns / median(times.get(floor) as number[])) * 1000) / 1000,
        loss: Math.round(((lost.get(item) ?? 0) / total) * 1e5) / 1e5,
        ...(item.pipeline
          ? {
              compileMs: Math.round(item.pipeline.compileMs),
              slow: Math.round(((item.pipeline.slowPackets() - (before.get(item) ?? 0)) / total) * 1e4) / 1e4,
            }
          : {}),
      };
    });
  }

  close(): void {
    this.#link?.close();
  }
}

const round1 = (value: number): number => Math.round(value * 10) / 10;

async function main(phase: Phase): Promise<void> {
  await bindTo(CPU);
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  mountBpffs(directory);
  const generator = await Generator.open();
  const pipelines: Pipeline[] = [];
  try {
    const load = async (name: string, masquerade: boolean) => {
      const fresh = phase.frames * (phase.rounds + 3);
      const pipeline = await Pipeline.load(gatehouseConfig(phase.rules, masquerade), join(directory, name), {
        // both families' flows are in the table
        sessions: Math.max(4096, 2 * (phase.fresh ? fresh : phase.flows)),
        cacheFlows: Math.max(4096, (phase.fresh ? fresh : phase.flows) * CACHE_FACTOR),
      });
      pipelines.push(pipeline);
      return pipeline;
    };
    const plain = await load('plain', false);
    const masquerade = await load('masquerade', true);
    const drop = generator.object.program('drop');
    const redirect = generator.object.program('redirect');
    const cases: Case[] = [
      { name: 'drop', bed: 'xdp', family: 4, program: drop },
      { name: 'redirect', bed: 'xdp', family: 4, program: redirect },
      { name: 'gatehouse', bed: 'xdp', family: 4, program: plain.entry, pipeline: plain },
      { name: 'gatehouse-snat', bed: 'xdp', family: 4, program: masquerade.entry, pipeline: masquerade },
      { name: 'kernel', bed: 'kernel', family: 4 },
      { name: 'nftables', bed: 'nftables', family: 4, replies: {} },
      { name: 'nftables-masquerade', bed: 'masquerade', family: 4, replies: { to: ROUTER.egress4 } },
    ];
    if (!phase.fresh)
      cases.push(
        { name: 'redirect', bed: 'xdp', family: 6, program: redirect },
        { name: 'gatehouse', bed: 'xdp', family: 6, program: plain.entry, pipeline: plain },
        { name: 'kernel', bed: 'kernel', family: 6 },
        { name: 'nftables', bed: 'nftables', family: 6, replies: {} },
      );
    const bench = new Bench(phase, generator, cases);
    try {
      for (const row of await bench.run()) console.log(JSON.stringify(row));
    } finally {
      bench.close();
    }
  } finally {
    for (const pipeline of pipelines) pipeline.close();
    generator.close();
    unmountBpffs(directory);
    rmdirSync(directory);
  }
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? '') as Phase);
