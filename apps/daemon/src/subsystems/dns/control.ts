/** unbound-control(8) over the resolver's Unix socket. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath, run } from '../../process/run.ts';

const READY_MS = 10_000;

export type ResolverStatistics = { queries: number; cacheHits: number; cacheMisses: number; bogus: number };

export class ResolverControl {
  private readonly config: string;

  /** `directory`: where control.conf stands. */
  constructor(directory: string) {
    this.config = join(directory, 'control.conf');
  }

  private async ask(args: readonly string[], input?: string): Promise<string> {
    const options = { timeoutMs: 30_000, ...(input === undefined ? {} : { input }) };
    return (await run(programPath('unbound-control'), ['-c', this.config, ...args], options)).stdout;
  }

  /** Reads the configuration anew, in the same process. Names of the box's own need no empty cache; other servers or checks do. */
  async reload(cache: 'keep' | 'empty'): Promise<void> {
    await this.ask([cache === 'keep' ? 'reload_keep_cache' : 'reload']);
  }

  async addRecords(records: readonly string[]): Promise<void> {
    if (records.length > 0) await this.ask(['local_datas'], `${records.join('\n')}\n`);
  }

  async removeNames(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.ask(['local_datas_remove'], `${names.join('\n')}\n`);
  }

  /** Empties the cache; a name: only that and what is below it. */
  async flush(name: string | null): Promise<void> {
    await this.ask(['flush_zone', name ?? '.']);
  }

  /** "zone: servers" of everything that is forwarded. */
  async forwards(): Promise<{ zone: string; servers: string[] }[]> {
    return (await this.ask(['list_forwards'])).split('\n').flatMap((line) => {
      const [zone = '', , type, ...servers] = line.split(' ');
      return type === 'forward' ? [{ zone, servers: servers.filter((item) => !item.startsWith('+')) }] : [];
    });
  }

  async statistics(): Promise<ResolverStatistics> {
    const values = new Map(
      (await this.ask(['stats_noreset'])).split('\n').map((line) => {
        const [key = '', value = '0'] = line.split('=');
        return [key, Number(value)];
      }),
    );
    const of = (key: string) => values.get(key) ?? 0;
    return {
      queries: of('total.num.queries'),
      cacheHits: of('total.num.cachehits'),
      cacheMisses: of('total.num.cachemiss'),
      bogus: of('num.answer.bogus'),
    };
  }

  /** Resolves when the resolver answers on its socket. */
  async ready(): Promise<void> {
    for (const until = Date.now() + READY_MS; ; await sleep(50)) {
      try {
        await this.ask(['status']);
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
  }
}
