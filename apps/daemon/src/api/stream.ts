/** Subscriptions: callbacks as an async stream that ends when the caller leaves or loses the right to listen. */
import { TRPCError } from '@trpc/server';
import type { Context } from './trpc.ts';
import { callerOf } from './trpc.ts';

/** How often the right to listen is looked at again. */
const RECHECK_MS = 500;
/** Entries that wait for a slow reader; beyond, the oldest go. */
const QUEUE = 1000;

/** Yields what `subscribe` calls back with, until `signal` aborts. Throws UNAUTHORIZED when the login ended meanwhile. */
export async function* streamOf<T>(
  context: Context,
  signal: AbortSignal | undefined,
  subscribe: (push: (value: T) => void) => () => void,
): AsyncGenerator<T> {
  const queue: T[] = [];
  let wake = () => {};
  const unsubscribe = subscribe((value) => {
    if (queue.length >= QUEUE) queue.shift();
    queue.push(value);
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    while (!signal?.aborted) {
      if (!callerOf(context)) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'the login ended' });
      while (queue.length) yield queue.shift() as T;
      if (signal?.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RECHECK_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (queue.length) wake();
      });
    }
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', onAbort);
  }
}
