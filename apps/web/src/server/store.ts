/** Drafts, history and saved views. Every row of a draft or view belongs to one person; nobody reaches another's. */
import type { Config } from '@gatehouse/config';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { queryDaemon } from './daemon';
import { database } from './database';

type Context = { owner: string | null; token: string | null };
const t = initTRPC.context<Context>().create();
const person = t.procedure.use(({ ctx, next }) => {
  if (ctx.owner === null) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'log in first' });
  return next({ ctx: { owner: ctx.owner, token: ctx.token } });
});

const revision = z.string().regex(/^[0-9a-f]{64}$/);
const anyConfig = z.record(z.string(), z.unknown());
const page = z.string().min(1).max(32);

type HistoryEntry = { revision: string; time: number; actor: string; message: string };

/** Takes over what the daemon committed since, also by the command line. Its history is bounded, ours is not. */
async function syncRevisions(token: string | null): Promise<void> {
  const history = (await queryDaemon<HistoryEntry[]>('config.history', token)) ?? [];
  const oldestFirst = [...history].reverse();
  for (const [i, entry] of oldestFirst.entries()) {
    const key = { hash: entry.revision, time: new Date(entry.time) };
    if (await database().revision.findUnique({ where: { hash_time: key } })) continue;
    const stored = await queryDaemon<{ config: Config }>('config.get', token, { revision: entry.revision });
    // two windows may do this at the same time
    await database().revision.upsert({
      where: { hash_time: key },
      update: {},
      create: {
        ...key,
        parent: oldestFirst[i - 1]?.revision ?? null,
        author: entry.actor,
        message: entry.message,
        config: stored ? JSON.stringify(stored.config) : null,
      },
    });
  }
}

export const storeRouter = t.router({
  draft: t.router({
    get: person.query(async ({ ctx }) => {
      const draft = await database().draft.findUnique({ where: { owner: ctx.owner } });
      return draft && { base: draft.base, config: JSON.parse(draft.config) as Config };
    }),
    save: person.input(z.strictObject({ base: revision, config: anyConfig })).mutation(async ({ ctx, input }) => {
      const data = { base: input.base, config: JSON.stringify(input.config) };
      await database().draft.upsert({
        where: { owner: ctx.owner },
        create: { owner: ctx.owner, ...data },
        update: data,
      });
      return { ok: true };
    }),
    discard: person.mutation(async ({ ctx }) => {
      await database().draft.deleteMany({ where: { owner: ctx.owner } });
      return { ok: true };
    }),
  }),

  revisions: t.router({
    /** Newest first. */
    list: person.query(async ({ ctx }) => {
      await syncRevisions(ctx.token);
      const rows = await database().revision.findMany({ orderBy: { time: 'desc' }, take: 200, omit: { config: true } });
      return rows.map((row) => ({ ...row, time: row.time.getTime() }));
    }),
    get: person.input(z.strictObject({ id: z.int() })).query(async ({ input }) => {
      const row = await database().revision.findUnique({ where: { id: input.id } });
      if (!row?.config) throw new TRPCError({ code: 'NOT_FOUND', message: 'this revision is no longer stored' });
      return { hash: row.hash, config: JSON.parse(row.config) as Config };
    }),
  }),

  views: t.router({
    list: person
      .input(z.strictObject({ page }))
      .query(({ ctx, input }) =>
        database().savedView.findMany({ where: { owner: ctx.owner, page: input.page }, orderBy: { name: 'asc' } }),
      ),
    save: person
      .input(z.strictObject({ page, name: z.string().trim().min(1).max(64), query: z.string().max(1000) }))
      .mutation(async ({ ctx, input }) => {
        const key = { owner: ctx.owner, page: input.page, name: input.name };
        await database().savedView.upsert({
          where: { owner_page_name: key },
          create: { ...key, query: input.query },
          update: { query: input.query },
        });
        return { ok: true };
      }),
    remove: person.input(z.strictObject({ id: z.int() })).mutation(async ({ ctx, input }) => {
      await database().savedView.deleteMany({ where: { id: input.id, owner: ctx.owner } });
      return { ok: true };
    }),
  }),
});

export type StoreRouter = typeof storeRouter;
