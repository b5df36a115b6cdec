/** What somebody who helps needs to see of a box, without its secrets. What can not be had says why in its place. */
import { type Config, emptyConfig } from '@gatehouse/config';
import type { Services } from '../api/trpc.ts';
import { programPath, run } from '../process/run.ts';
import { tarGz } from './tar.ts';

const JOURNAL_LINES = 5000;
const MAX_TEXT = 4 << 20;
const JOURNAL = ['--lines', String(JOURNAL_LINES), '--no-pager', '--output', 'short-iso', '--unit', 'gatehouse*'];
/** A sealed secret, also within a line of a log; the setup token is one as long as nobody used it. */
const SECRETS = /sealed:v1:[A-Za-z0-9+/=]+:[0-9a-f]+|(?<=setup token: )\S+/g;

export const redact = (text: string): string => text.replace(SECRETS, '[removed]');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const program = async (name: string, ...args: string[]): Promise<string> =>
  (await run(programPath(name), args, { timeoutMs: 20_000 })).stdout.slice(-MAX_TEXT);

export async function supportBundle(services: Services): Promise<Buffer> {
  const config: Config = services.engine.running()?.config ?? emptyConfig();
  const sources: Record<string, () => unknown> = {
    'status.json': async () => ({
      version: services.version,
      startedAt: new Date(services.startedAt).toISOString(),
      commit: services.engine.state(),
      subsystems: await services.subsystemStatus(),
      history: services.engine.history(),
    }),
    'configuration.json': () => config,
    'counters.json': () => services.dataplane.counters(),
    'interfaces.json': () => services.readInterfaces(),
    'routes4.txt': () => program('ip', '-4', 'route', 'show', 'table', 'all'),
    'routes6.txt': () => program('ip', '-6', 'route', 'show', 'table', 'all'),
    'journal.txt': () => program('journalctl', ...JOURNAL),
  };
  const files = new Map<string, string>();
  for (const [name, read] of Object.entries(sources)) {
    try {
      const found = await read();
      files.set(`gatehouse/${name}`, redact(typeof found === 'string' ? found : json(found)));
    } catch (error) {
      files.set(`gatehouse/${name}.missing`, redact(`${(error as Error).message}\n`));
    }
  }
  return tarGz(files);
}
