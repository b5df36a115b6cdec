/**
 * gatehouse health: succeeds when nothing failed; with --wait, as soon as that is so. What is degraded (a block list that can not be fetched) is no
 * reason to give an image up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../options.ts';
import { type Client, explainError } from './client.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

const ASK_EVERY_MS = 1000;

/** @throws UsageError with what is not well, after `waitSeconds` */
export async function health(client: Client, socket: string, waitSeconds: number): Promise<Output> {
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    let problem: string;
    try {
      const checks = await client.system.health.query();
      const text = table(
        ['check', 'state', ''],
        checks.map((item) => [item.name, item.state, item.message]),
      );
      if (checks.every((item) => item.state !== 'failed')) return { data: checks, text };
      problem = text;
    } catch (error) {
      problem = explainError(error, socket);
    }
    if (Date.now() >= until) throw new UsageError(problem);
    await sleep(ASK_EVERY_MS);
  }
}
