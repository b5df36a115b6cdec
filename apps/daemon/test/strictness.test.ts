/** What the socket takes: fields that a procedure does not know are refused, before anything is done. */
import { TRPCError } from '@trpc/server';
import { expect, it } from 'vitest';
import { appRouter } from '../src/api/router.ts';
import type { Services } from '../src/api/trpc.ts';

type Procedure = { _def: { inputs: unknown[] } };
const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;
const withInput = Object.entries(procedures)
  .filter(([, procedure]) => procedure._def.inputs.length > 0)
  .map(([path]) => path);

const services = new Proxy({} as Services, {
  get() {
    throw new Error('something was done');
  },
});
const caller = appRouter.createCaller({ services, peerUid: 0, token: null }) as unknown as Record<
  string,
  Record<string, (input: unknown) => Promise<unknown>>
>;

async function codeOf(path: string, input: unknown): Promise<string> {
  const [group, name] = path.split('.') as [string, string];
  try {
    await caller[group]?.[name]?.(input);
    return 'accepted';
  } catch (error) {
    return error instanceof TRPCError ? error.code : String(error);
  }
}

it('there are procedures with input', () => {
  expect(withInput.length).toBeGreaterThan(10);
});

it.each(withInput)('%s refuses an unknown field', async (path) => {
  expect(await codeOf(path, { noSuchField: 1 })).toBe('BAD_REQUEST');
});

it.each(withInput)('%s refuses what is no object', async (path) => {
  for (const input of ['text', 7, [], null]) expect(await codeOf(path, input)).toBe('BAD_REQUEST');
});
