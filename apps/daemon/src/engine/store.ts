/**
 * The three small files of the engine and the history: `running` (what is applied), `boot` (what a restart of the machine comes up with)
 * and `pending` (a commit that is not decided yet). `boot` moves only when a commit is kept.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, parseConfig } from '@gatehouse/config';
import { revisionOf } from '@gatehouse/config/revision';
import type { HistoryEntry } from '../api/services.ts';
import { readText, removeDurably, writeDurably } from '../state/files.ts';

export type Stored = { revision: string; config: Config; time: number; actor: string; message: string };
export type Pending = {
  transaction: string;
  base: string | null;
  revision: string;
  actor: string;
  startedAt: number;
  /** Of this machine's boot (/proc/sys/kernel/random/boot_id): after a power cut it is another. */
  bootId: string;
  /** Wall clock, for people; null = no window. */
  deadline: number | null;
  /** CLOCK_MONOTONIC, ms: what counts. A changed wall clock does not move it. */
  monotonicDeadline: number | null;
};

const KEPT = 50;

export class EngineStore {
  private readonly directory: string;

  constructor(stateDir: string) {
    this.directory = stateDir;
    mkdirSync(join(stateDir, 'history'), { recursive: true, mode: 0o700 });
  }

  private path(name: string): string {
    return join(this.directory, name);
  }

  private readStored(name: string): Stored | null {
    const text = readText(this.path(name));
    if (text === null) return null;
    const raw = JSON.parse(text) as Stored;
    const parsed = parseConfig(raw.config);
    if (!parsed.ok)
      throw new Error(
        `${this.path(name)}: ${parsed.issues.map((item) => `${item.pointer} ${item.message}`).join('; ')}`,
      );
    return { ...raw, config: parsed.config, revision: revisionOf(parsed.config) };
  }

  running(): Stored | null {
    return this.readStored('running.json');
  }

  boot(): Stored | null {
    return this.readStored('boot.json');
  }

  pending(): Pending | null {
    const text = readText(this.path('pending.json'));
    return text === null ? null : (JSON.parse(text) as Pending);
  }

  setRunning(stored: Stored): void {
    writeDurably(this.path('running.json'), JSON.stringify(stored));
  }

  setBoot(stored: Stored): void {
    writeDurably(this.path('boot.json'), JSON.stringify(stored));
  }

  setPending(pending: Pending | null): void {
    if (pending) writeDurably(this.path('pending.json'), JSON.stringify(pending));
    else removeDurably(this.path('pending.json'));
  }

  /** Newest first. */
  history(): HistoryEntry[] {
    const text = readText(this.path('history/index.json'));
    return text === null ? [] : (JSON.parse(text) as HistoryEntry[]);
  }

  remember(stored: Stored): void {
    writeDurably(this.path(`history/${stored.revision}.json`), JSON.stringify(stored.config));
    const { revision, time, actor, message } = stored;
    const entries = [{ revision, time, actor, message }, ...this.history()].slice(0, KEPT);
    writeDurably(this.path('history/index.json'), JSON.stringify(entries));
    const kept = new Set(entries.map((entry) => `${entry.revision}.json`));
    for (const name of readdirSync(this.path('history')))
      if (/^[0-9a-f]{64}\.json$/.test(name) && !kept.has(name)) rmSync(this.path(`history/${name}`), { force: true });
  }

  /** A configuration of the history; null when it is not (or no longer) there. */
  recall(revision: string): Config | null {
    if (!/^[0-9a-f]{64}$/.test(revision)) return null;
    const text = readText(this.path(`history/${revision}.json`));
    const parsed = text === null ? null : parseConfig(JSON.parse(text));
    return parsed?.ok ? parsed.config : null;
  }
}
