/** The running configuration, commits and their windows, history. */
import { type Config, configSchema } from '@gatehouse/config';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type CommitState, historyEntry, issueSchema, revision, stateSchema } from './schemas.ts';
import { streamOf } from './stream.ts';
import { administratorProcedure, readOnlyProcedure, router } from './trpc.ts';

const anyConfig = z.custom<Config>((value) => configSchema.safeParse(value).success);
const window = z.int().min(10).max(86_400);
const committed = z.strictObject({ transaction: z.string(), revision, deadline: z.number().nullable() });
const done = z.strictObject({ ok: z.literal(true) });
const ok = { ok: true as const };
const transaction = z.strictObject({ transaction: z.string().max(64).nullable() });

export const configRouter = router({
  running: readOnlyProcedure.output(z.strictObject({ revision, config: anyConfig })).query(({ ctx }) => {
    const running = ctx.services.engine.running();
    if (!running) throw new TRPCError({ code: 'NOT_FOUND', message: 'nothing was committed yet' });
    return { revision: running.revision, config: running.config };
  }),

  state: readOnlyProcedure.output(stateSchema).query(({ ctx }) => ctx.services.engine.state()),

  onState: readOnlyProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<CommitState> {
    yield ctx.services.engine.state();
    for await (const _ of streamOf<true>(ctx, signal, (push) => ctx.services.engine.watch(() => push(true))))
      yield ctx.services.engine.state();
  }),

  history: readOnlyProcedure.output(z.array(historyEntry)).query(({ ctx }) => ctx.services.engine.history()),

  get: readOnlyProcedure
    .input(z.strictObject({ revision }))
    .output(z.strictObject({ config: anyConfig }))
    .query(({ ctx, input }) => {
      const config = ctx.services.engine.get(input.revision);
      if (!config)
        throw new TRPCError({
          code: 'NOT_FOUND',
          message: `revision ${input.revision.slice(0, 12)} is not in the history`,
        });
      return { config };
    }),

  check: readOnlyProcedure
    .input(z.strictObject({ config: z.unknown() }))
    .output(
      z.strictObject({
        ok: z.boolean(),
        issues: z.array(issueSchema),
        revision: revision.optional(),
        summary: z.string().optional(),
      }),
    )
    .mutation(({ ctx, input }) => ctx.services.engine.check(input.config)),

  commit: administratorProcedure
    .input(
      z.strictObject({
        config: z.unknown(),
        /** Revision that the change was made on; null = whatever runs. */
        base: revision.nullable(),
        confirmSeconds: window.optional(),
        message: z.string().max(1000).optional(),
      }),
    )
    .output(committed)
    .mutation(({ ctx, input }) => ctx.services.engine.commit({ ...input, actor: ctx.caller.name })),

  confirm: administratorProcedure
    .input(transaction)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.engine.confirm(input.transaction, ctx.caller.name);
      return ok;
    }),

  revert: administratorProcedure
    .input(transaction)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await ctx.services.engine.revert(input.transaction, ctx.caller.name);
      return ok;
    }),

  extend: administratorProcedure
    .input(z.strictObject({ transaction: z.string().max(64), seconds: window }))
    .output(z.strictObject({ deadline: z.number() }))
    .mutation(({ ctx, input }) => ctx.services.engine.extend(input.transaction, input.seconds, ctx.caller.name)),

  rollback: administratorProcedure
    .input(
      z.strictObject({
        steps: z.int().min(1).max(49).optional(),
        revision: revision.optional(),
        confirmSeconds: window.optional(),
      }),
    )
    .output(committed)
    .mutation(({ ctx, input: { confirmSeconds, ...target } }) =>
      ctx.services.engine.rollback(target, confirmSeconds, ctx.caller.name),
    ),
});
