/** Waiting for what happens by itself, with an error that says what was last seen. */
import { sleep } from './process.ts';

export type WaitOptions = { timeoutMs?: number; everyMs?: number };

/**
 * Calls `look` until it returns something else than false, null or undefined, and returns that. Exceptions count as "not yet".
 * @throws Error with `what` and the last exception or value, after `timeoutMs` (default 10 s).
 */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  { timeoutMs = 10_000, everyMs = 50 }: WaitOptions = {},
): Promise<T> {
  const until = Date.now() + timeoutMs;
  let last = 'nothing yet';
  for (;;) {
    try {
      const found = await look();
      if (found !== false && found !== null && found !== undefined) return found;
    } catch (error) {
      last = (error as Error).message;
    }
    if (Date.now() > until) throw new Error(`waited ${timeoutMs} ms for ${what}: ${last}`);
    await sleep(everyMs);
  }
}
