/** Block lists: fetched by the box, kept in the state directory, fetched again once a day. A list that can not be fetched stays as it was. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { z } from 'zod';
import type { BlockListState } from '../../api/services.ts';
import { readText, writeDurably } from '../../state/files.ts';
import { type BlockList, parseBlockList } from './block-list-parser.ts';
import type { BlockListSource } from './plan.ts';

const DAY_MS = 86_400_000;
const RETRY_MS = 600_000;
const LOOK_EVERY_MS = 60_000;
const FETCH_MS = 60_000;
/** Of one list. The biggest of the usual ones has 5 MB. */
export const MAX_BYTES = 16 << 20;
/** Of all lists together: about 100 bytes each in the resolver. */
export const MAX_NAMES = 300_000;

const kept = z.strictObject({
  blocked: z.array(z.string()),
  exceptions: z.array(z.string()),
  skipped: z.number(),
  cut: z.boolean(),
  fetchedAt: z.number(),
});
type Kept = BlockList & { fetchedAt: number };

/** Names of a list that is read from the network: bounded in bytes and time. */
async function download(url: string, ca: string | undefined): Promise<string> {
  const dispatcher = new Agent({ connect: { timeout: 10_000, ...(ca === undefined ? {} : { ca }) } });
  try {
    const response = await fetch(url, { dispatcher, signal: AbortSignal.timeout(FETCH_MS), redirect: 'follow' });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      bytes += (part as Uint8Array).length;
      if (bytes > MAX_BYTES) throw new Error(`is larger than ${MAX_BYTES >> 20} MiB`);
      parts.push(part as Uint8Array);
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    await dispatcher.destroy();
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

export class BlockLists {
  private readonly options: { directory: string; caBundle: string; changed: () => void; log: (text: string) => void };
  private readonly timer: NodeJS.Timeout;
  private sources: readonly BlockListSource[] = [];
  private readonly lists = new Map<string, Kept>();
  private readonly failures = new Map<string, { at: number; error: string }>();
  private busy: Promise<void> | null = null;

  /** `changed`: other names than before, told after a fetch. */
  constructor(options: BlockLists['options']) {
    this.options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS).unref();
  }

  /** By what is fetched and how it is read, so that a list under a new address is a new one. */
  private file(source: BlockListSource): string {
    const key = createHash('sha256').update(`${source.format} ${source.url}`).digest('hex').slice(0, 32);
    return join(this.options.directory, `${key}.json`);
  }

  private read(source: BlockListSource): Kept | null {
    const file = this.file(source);
    const known = this.lists.get(file);
    if (known) return known;
    try {
      if (statSync(file).size > 4 * MAX_BYTES) return null;
      const list = kept.parse(JSON.parse(readFileSync(file, 'utf8')));
      this.lists.set(file, list);
      return list;
    } catch {
      return null; // not there, or not ours: fetched again
    }
  }

  /** These lists from now on. */
  use(sources: readonly BlockListSource[]): void {
    this.sources = sources;
    setImmediate(() => void this.refresh());
  }

  /** Lists that the configuration no longer names go. */
  forget(): void {
    const wanted = new Set(this.sources.map((source) => this.file(source)));
    for (const name of readdirSync(this.options.directory)) {
      const file = join(this.options.directory, name);
      if (wanted.has(file)) continue;
      rmSync(file, { force: true });
      this.lists.delete(file);
    }
  }

  /** Names of all lists, each once, within the limit; one below another that is blocked is left away by the caller's zones. */
  names(): { blocked: Set<string>; exceptions: Set<string> } {
    const blocked = new Set<string>();
    const exceptions = new Set<string>();
    for (const source of this.sources) {
      const list = this.read(source);
      for (const name of list?.exceptions ?? []) exceptions.add(name);
      for (const name of list?.blocked ?? []) if (blocked.size < MAX_NAMES) blocked.add(name);
    }
    return { blocked, exceptions };
  }

  states(): BlockListState[] {
    return this.sources.map((source) => {
      const list = this.read(source);
      const failure = this.failures.get(this.file(source));
      return {
        name: source.name,
        names: list?.blocked.length ?? 0,
        skipped: list?.skipped ?? 0,
        cut: list?.cut ?? false,
        fetchedAt: list?.fetchedAt ?? null,
        error: failure?.error ?? null,
      };
    });
  }

  private isDue(source: BlockListSource): boolean {
    const failure = this.failures.get(this.file(source));
    if (failure) return Date.now() - failure.at > RETRY_MS;
    return Date.now() - (this.read(source)?.fetchedAt ?? 0) > DAY_MS;
  }

  private async fetchOne(source: BlockListSource): Promise<boolean> {
    const file = this.file(source);
    try {
      const text = await download(source.url, readText(this.options.caBundle) ?? undefined);
      const list = { ...parseBlockList(text, source.format, MAX_NAMES), fetchedAt: Date.now() };
      if (list.blocked.length === 0)
        throw new Error(`has no name in the format ${source.format} (${list.skipped} lines were not understood)`);
      writeDurably(file, JSON.stringify(list));
      this.lists.set(file, list);
      this.failures.delete(file);
      this.options.log(`block list ${source.name}: ${list.blocked.length} names`);
      return true;
    } catch (error) {
      this.failures.set(file, { at: Date.now(), error: reasonOf(error) });
      this.options.log(`block list ${source.name}: ${reasonOf(error)}; what was there stays`);
      return false;
    }
  }

  /** Fetches what is due, one after the other; also what becomes due by use() meanwhile. */
  refresh(): Promise<void> {
    this.busy ??= (async () => {
      let changed = false;
      for (;;) {
        const source = this.sources.find((item) => this.isDue(item));
        if (!source) break;
        if (await this.fetchOne(source)) changed = true;
      }
      if (changed) this.options.changed();
    })().finally(() => {
      this.busy = null;
    });
    return this.busy;
  }

  close(): void {
    clearInterval(this.timer);
  }
}
