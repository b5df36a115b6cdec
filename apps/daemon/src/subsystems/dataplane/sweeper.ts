/** Runs the pipeline's SYSCALL programs: expiry of sessions and closing of single ones. One at a time, and never on a generation that is being put away. */
import { killCodec, sweepCodec, type Tuple } from '@gatehouse/bpf/abi';
import type { Generation } from './generation.ts';
import { nowTicks } from './ticks.ts';

const INTERVAL_MS = 1000;
/** Occupancy from which sessions without a reply age faster. */
const EARLY_PERCENT = 90;
/** Up to this many sessions every sweep brings all counters up to date, above it each eighth. */
const FOLD_ALWAYS = 16_384;
const FOLD_EVERY = 8;

export class Sweeper {
  readonly #generation: () => Generation | null;
  readonly #limit: () => number;
  readonly #log: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #rounds = 0;
  /** Sessions that the last sweep left. */
  live = 0;

  /** `limit`: capacity of the session table. */
  constructor(generation: () => Generation | null, limit: () => number, log: (text: string) => void) {
    this.#generation = generation;
    this.#limit = limit;
    this.#log = log;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.sweep().catch((error: Error) => this.#log(`sweep failed: ${error.message}`));
    }, INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.exclusively(async () => {});
  }

  /** Runs work while no program runs: what puts a generation away does it here. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => {});
    return result;
  }

  sweep(): Promise<void> {
    return this.exclusively(async () => {
      const program = this.#generation()?.program('gh_sweep');
      if (!program) return;
      const fold = this.live <= FOLD_ALWAYS || this.#rounds++ % FOLD_EVERY === 0;
      const request = {
        now: nowTicks(),
        limit: this.#limit(),
        earlyPercent: EARLY_PERCENT,
        fold: fold ? 1 : 0,
        scanned: 0n,
        removed: 0n,
        live: BigInt(this.live),
      };
      const { context } = await program.testRun({ context: sweepCodec.encode(request) });
      this.live = Number(sweepCodec.decode(context).live);
    });
  }

  /** Closes sessions; the number of those that were still there. */
  kill(keys: readonly Tuple[], reason: number): Promise<number> {
    return this.exclusively(async () => {
      const program = this.#generation()?.program('gh_kill');
      if (!program) return 0;
      let killed = 0;
      for (const key of keys) {
        const { context } = await program.testRun({ context: killCodec.encode({ key, reason, killed: 0 }) });
        killed += killCodec.decode(context).killed;
      }
      this.live = Math.max(0, this.live - killed);
      return killed;
    });
  }
}
