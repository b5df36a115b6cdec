/** Updates of the appliance's image: slots, progress, from a URL. A file comes in by the upload beside the router (upload.ts). */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { UpdateRefused } from '../appliance/update/format.ts';
import type { Updates } from '../appliance/update/index.ts';
import { administratorProcedure, readOnlyProcedure, router, type Services } from './trpc.ts';

const version = z.string().regex(/^\d{1,4}(\.\d{1,4}){2}$/);
const slot = z.strictObject({
  version: z.string(),
  running: z.boolean(),
  next: z.boolean(),
  state: z.enum(['good', 'new', 'bad']),
});
const state = z.strictObject({
  phase: z.enum(['idle', 'receiving', 'installing', 'installed', 'failed']),
  version: z.string().nullable(),
  received: z.number(),
  total: z.number(),
  error: z.string().nullable(),
});
const ok = z.strictObject({ ok: z.literal(true) });

/** @throws TRPCError where there is no image to update */
export function updatesOf(services: Services): Updates {
  if (services.updates) return services.updates;
  throw new TRPCError({ code: 'PRECONDITION_FAILED', message: 'this is no appliance: update the program instead' });
}

export const updateRouter = router({
  state: readOnlyProcedure.output(state).query(({ ctx }) => updatesOf(ctx.services).state()),

  slots: readOnlyProcedure.output(z.array(slot)).query(({ ctx }) => updatesOf(ctx.services).slots()),

  /** Begins; `state` tells how it goes on. */
  fetch: administratorProcedure
    .input(z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2000), force: z.boolean().default(false) }))
    .output(ok)
    .mutation(async ({ ctx, input }) => {
      try {
        await updatesOf(ctx.services).fetch(input.url, input.force);
      } catch (error) {
        if (error instanceof UpdateRefused) throw new TRPCError({ code: 'BAD_REQUEST', message: error.message });
        throw error;
      }
      return { ok: true as const };
    }),

  /** The next starts take another slot. */
  choose: administratorProcedure
    .input(z.strictObject({ version }))
    .output(ok)
    .mutation(async ({ ctx, input }) => {
      await updatesOf(ctx.services)
        .choose(input.version)
        .catch((error: Error) => {
          throw new TRPCError({ code: 'BAD_REQUEST', message: error.message });
        });
      return { ok: true as const };
    }),
});
