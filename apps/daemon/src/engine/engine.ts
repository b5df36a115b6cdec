/**
 * The commit engine: one lock, one running transaction, confirm windows that end by themselves. Its truth is in EngineStore's files, written
 * before and after each step, so that a crash at any point comes up on a decided configuration.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Config, diff, emptyConfig, parseConfig } from '@gatehouse/config';
import { revisionOf } from '@gatehouse/config/revision';
import { monotonicNs } from '@gatehouse/native';
import type { CommitState } from '../api/schemas.ts';
import type { CheckResult, CommitRequest, EngineServices, HistoryEntry } from '../api/services.ts';
import type { Subsystem } from '../subsystems/subsystem.ts';
import { EngineStore, type Pending, type Stored } from './store.ts';
import { applyConfig, comeUp, type ReadFacts, RefusedError, tryOut } from './transaction.ts';

export class ConflictError extends Error {
  override name = 'ConflictError';
}

const monotonicMs = (): number => Number(monotonicNs() / 1_000_000n);
const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
const RETRY_MS = 5000;
const MAX_RETRY_MS = 300_000;
/** setTimeout's limit. */
const MAX_TIMER = 2 ** 31 - 1;

export class Engine implements EngineServices {
  private readonly store: EngineStore;
  private readonly subsystems: readonly Subsystem[];
  private readonly readFacts: ReadFacts;
  private readonly generation: () => number;
  private readonly log: (text: string) => void;
  private readonly watchers = new Set<() => void>();
  private current: Stored | null = null;
  /** What `boot` on the disk holds: a restart of the machine comes up with it. */
  private keptNow: Stored | null = null;
  private pendingNow: Pending | null = null;
  private timer: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private failed: ReadonlyMap<string, string> = new Map();
  private retry: NodeJS.Timeout | undefined;
  private readonly retryMs: number;
  private retries = 0;

  /** `subsystems` in the order of applying. */
  constructor(options: {
    stateDir: string;
    subsystems: readonly Subsystem[];
    readFacts: ReadFacts;
    generation: () => number;
    log: (text: string) => void;
    /** After what time a part that did not come up is tried again; twice as long each time. */
    retryMs?: number;
  }) {
    this.store = new EngineStore(options.stateDir);
    this.subsystems = options.subsystems;
    this.readFacts = options.readFacts;
    this.generation = options.generation;
    this.log = options.log;
    this.retryMs = options.retryMs ?? RETRY_MS;
  }

  /** One after the other: transactions never overlap. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work, work);
    this.queue = result.catch(() => {});
    return result;
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }

  /**
   * Comes up: goes on with a window that is still open on this boot of the machine; else on `boot`. Applies idempotently; sessions
   * and forwarding are not disturbed. `initial`: used when nothing was ever committed.
   */
  start(initial: Config | null): Promise<void> {
    return this.exclusively(async () => {
      const pending = this.store.pending();
      const running = this.store.running();
      const boot = this.store.boot();
      this.keptNow = boot;
      const windowOpen =
        pending?.deadline != null &&
        pending.bootId === bootId() &&
        pending.monotonicDeadline !== null &&
        pending.monotonicDeadline > monotonicMs() &&
        running?.revision === pending.revision;
      const config = initial ?? emptyConfig();
      const fresh: Stored = {
        revision: revisionOf(config),
        config,
        time: Date.now(),
        actor: 'system',
        message: 'initial configuration',
      };
      const target = (windowOpen ? running : boot) ?? fresh;
      await this.comeUp(target.config);
      this.current = target;
      this.store.setRunning(target);
      if (!boot && !windowOpen) {
        this.setKept(target);
        this.store.remember(target);
      }
      if (windowOpen && pending) this.arm(pending);
      else if (pending) {
        this.store.setPending(null);
        // steps of a roll back count what ran, so going back is one
        this.store.remember({
          ...target,
          time: Date.now(),
          actor: 'system',
          message: 'unconfirmed change undone at start',
        });
        this.log(
          `unconfirmed revision ${pending.revision.slice(0, 12)} undone at start: on ${target.revision.slice(0, 12)}`,
        );
      }
      this.changed();
    });
  }

  /** Brings the box anew on what runs: a device that was missing came, or a part did not come up. */
  again(): Promise<void> {
    return this.exclusively(async () => {
      if (!this.current) return;
      await this.comeUp(this.current.config);
      this.changed();
    });
  }

  private async comeUp(config: Config): Promise<void> {
    this.failed = await comeUp(this.subsystems, config, this.readFacts, this.log);
    clearTimeout(this.retry);
    if (this.failed.size === 0) {
      this.retries = 0;
      return;
    }
    // what was too slow, or waits for something else, is not lost until somebody looks
    const wait = Math.min(this.retryMs * 2 ** this.retries++, MAX_RETRY_MS);
    this.retry = setTimeout(() => {
      this.again().catch((error: Error) => this.log(`trying again failed: ${error.message}`));
    }, wait).unref();
  }

  /** Subsystems that did not come up on the configuration that runs: name → why. */
  failures(): ReadonlyMap<string, string> {
    return this.failed;
  }

  /** Ends the timers. What is applied stays applied. */
  stop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.timer);
  }

  running(): { revision: string; config: Config } | null {
    return this.current;
  }

  kept(): { revision: string; config: Config } | null {
    return this.keptNow;
  }

  state(): CommitState {
    const pending = this.pendingNow;
    return {
      running: this.current?.revision ?? null,
      boot: this.keptNow?.revision ?? null,
      pending: pending && {
        transaction: pending.transaction,
        base: pending.base,
        revision: pending.revision,
        deadline: pending.monotonicDeadline === null ? null : Date.now() + pending.monotonicDeadline - monotonicMs(),
        actor: pending.actor,
        startedAt: pending.startedAt,
      },
      generation: this.generation(),
      serverTime: Date.now(),
    };
  }

  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  }

  async check(config: unknown): Promise<CheckResult> {
    const parsed = parseConfig(config);
    if (!parsed.ok) return { ok: false, issues: parsed.issues };
    return this.exclusively(async () => {
      try {
        const warnings = await tryOut(this.subsystems, parsed.config, this.readFacts);
        const changes = this.current ? diff(this.current.config, parsed.config).length : 0;
        return {
          ok: true,
          issues: [...parsed.issues, ...warnings],
          revision: revisionOf(parsed.config),
          summary: `${changes} change${changes === 1 ? '' : 's'}; the kernel accepted the pipeline`,
        };
      } catch (error) {
        if (error instanceof RefusedError) return { ok: false, issues: [...parsed.issues, ...error.issues] };
        throw error;
      }
    });
  }

  commit(request: CommitRequest): Promise<{ transaction: string; revision: string; deadline: number | null }> {
    const parsed = parseConfig(request.config);
    if (!parsed.ok) return Promise.reject(new RefusedError(parsed.issues));
    return this.exclusively(async () => {
      if (request.base !== null && this.current && request.base !== this.current.revision)
        throw new ConflictError(
          `the running configuration is ${this.current.revision.slice(0, 12)}, not ${request.base.slice(0, 12)}: somebody committed meanwhile; compare and try again`,
        );
      const next: Stored = {
        revision: revisionOf(parsed.config),
        config: parsed.config,
        time: Date.now(),
        actor: request.actor,
        message: request.message ?? '',
      };
      const windowMs = request.confirmSeconds === undefined ? null : request.confirmSeconds * 1000;
      const pending: Pending = {
        transaction: randomUUID(),
        // a second commit within a window keeps the first base: what an expired window goes back to is `boot`
        base: this.pendingNow?.base ?? this.current?.revision ?? null,
        revision: next.revision,
        actor: request.actor,
        startedAt: Date.now(),
        bootId: bootId(),
        deadline: windowMs === null ? null : Date.now() + windowMs,
        monotonicDeadline: windowMs === null ? null : monotonicMs() + windowMs,
      };
      const before = this.pendingNow;
      this.store.setPending(pending);
      try {
        await applyConfig(this.subsystems, next.config, this.readFacts);
        this.failed = new Map();
        this.retries = 0;
        clearTimeout(this.retry);
      } catch (error) {
        this.store.setPending(before);
        throw error;
      }
      this.current = next;
      this.store.setRunning(next);
      this.store.remember(next);
      if (windowMs === null) this.keep(next);
      else this.arm(pending);
      this.changed();
      return { transaction: pending.transaction, revision: next.revision, deadline: pending.deadline };
    });
  }

  private setKept(stored: Stored): void {
    this.store.setBoot(stored);
    this.keptNow = stored;
  }

  private keep(stored: Stored): void {
    clearTimeout(this.timer);
    this.setKept(stored);
    this.store.setPending(null);
    this.pendingNow = null;
  }

  /** Begins or goes on with a window. The timer may be early (its limit): then it is set again. */
  private arm(pending: Pending): void {
    clearTimeout(this.timer);
    this.pendingNow = pending;
    const left = (pending.monotonicDeadline ?? 0) - monotonicMs();
    this.timer = setTimeout(
      () => {
        if (left > MAX_TIMER) this.arm(pending);
        else
          this.exclusively(() => this.goBack(pending.transaction, `window of ${pending.transaction} expired`)).catch(
            (error: unknown) => this.log(`going back failed: ${error instanceof Error ? error.message : error}`),
          );
      },
      Math.min(Math.max(left, 0), MAX_TIMER),
    );
  }

  private mine(transaction: string | null): Pending {
    const pending = this.pendingNow;
    if (!pending) throw new ConflictError('there is no commit to confirm: it was kept or undone already');
    if (transaction !== null && pending.transaction !== transaction)
      throw new ConflictError('another commit took the place of this one; look at the state and decide again');
    return pending;
  }

  confirm(transaction: string | null, actor: string): Promise<void> {
    return this.exclusively(async () => {
      this.mine(transaction);
      if (!this.current) throw new Error('nothing is running');
      this.keep(this.current);
      this.log(`revision ${this.current.revision.slice(0, 12)} kept by ${actor}`);
      this.changed();
    });
  }

  revert(transaction: string | null, actor: string): Promise<void> {
    return this.exclusively(async () => {
      const pending = this.mine(transaction);
      await this.goBack(pending.transaction, `discarded by ${actor}`);
    });
  }

  private async goBack(transaction: string, why: string): Promise<void> {
    if (this.pendingNow?.transaction !== transaction) return;
    const boot = this.keptNow;
    if (!boot) throw new Error('there is no boot configuration');
    await this.comeUp(boot.config);
    this.current = boot;
    this.store.setRunning(boot);
    this.store.setPending(null);
    clearTimeout(this.timer);
    this.pendingNow = null;
    this.store.remember({ ...boot, time: Date.now(), actor: 'system', message: why });
    this.log(`back on ${boot.revision.slice(0, 12)}: ${why}`);
    this.changed();
  }

  extend(transaction: string, seconds: number, actor: string): Promise<{ deadline: number }> {
    return this.exclusively(async () => {
      const pending = this.mine(transaction);
      const deadline = Date.now() + seconds * 1000;
      const longer = { ...pending, deadline, monotonicDeadline: monotonicMs() + seconds * 1000 };
      this.store.setPending(longer);
      this.arm(longer);
      this.log(`window extended by ${actor} to ${seconds} s`);
      this.changed();
      return { deadline };
    });
  }

  rollback(target: { steps?: number; revision?: string }, confirmSeconds: number | undefined, actor: string) {
    const entries = this.store.history();
    const steps = target.steps ?? 1;
    const revision = target.revision ?? entries[steps]?.revision;
    const config = revision === undefined ? null : this.store.recall(revision);
    if (!config || revision === undefined)
      return Promise.reject(
        new RefusedError([
          {
            path: [target.revision === undefined ? 'steps' : 'revision'],
            pointer: target.revision === undefined ? '/steps' : '/revision',
            value: target.revision ?? steps,
            message: 'is not in the history',
            remedy: `The history goes back ${Math.max(entries.length - 1, 0)} steps.`,
            severity: 'error',
          },
        ]),
      );
    return this.commit({ config, base: null, confirmSeconds, message: `roll back to ${revision.slice(0, 12)}`, actor });
  }

  history(): HistoryEntry[] {
    return this.store.history();
  }

  get(revision: string): Config | null {
    return this.store.recall(revision);
  }
}
