/** The resolver and the clock: what they do now, and questions to them. */
import { Resolver } from 'node:dns/promises';
import { parseDomain, parseIp } from '@gatehouse/config';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { operatorProcedure, readOnlyProcedure, router } from './trpc.ts';

const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
const LOOKUP_MS = 3000;

const domain = z.string().max(254);

const OFF = new TRPCError({ code: 'PRECONDITION_FAILED', message: 'DNS is off: switch it on and commit' });

function nameOf(text: string): string {
  const name = parseDomain(text);
  if (name === null)
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: `${text} is not a domain name: write for example example.net`,
    });
  return name;
}

/** A record as text, whatever its type. */
const textOf = (record: unknown): string =>
  typeof record === 'string'
    ? record
    : Array.isArray(record)
      ? record.join('')
      : Object.values(record as Record<string, unknown>).join(' ');

export const dnsRouter = router({
  status: readOnlyProcedure
    .output(
      z.strictObject({
        enabled: z.boolean(),
        /** Null: off, or it does not answer. */
        statistics: z
          .strictObject({ queries: z.number(), cacheHits: z.number(), cacheMisses: z.number(), bogus: z.number() })
          .nullable(),
        forwards: z.array(z.strictObject({ zone: z.string(), servers: z.array(z.string()) })),
        blockLists: z.array(
          z.strictObject({
            name: z.string(),
            names: z.number(),
            skipped: z.number(),
            cut: z.boolean(),
            fetchedAt: z.number().nullable(),
            error: z.string().nullable(),
          }),
        ),
        error: z.string().nullable(),
      }),
    )
    .query(async ({ ctx: { services } }) => {
      const { dns } = services;
      const state = { enabled: dns.resolver !== null, blockLists: dns.lists.states() };
      if (!state.enabled) return { ...state, statistics: null, forwards: [], error: null };
      try {
        const [statistics, forwards] = await Promise.all([dns.control.statistics(), dns.control.forwards()]);
        return { ...state, statistics, forwards, error: null };
      } catch (error) {
        return { ...state, statistics: null, forwards: [], error: (error as Error).message };
      }
    }),

  /** Forgets what was learned; without a name everything. */
  flush: operatorProcedure
    .input(z.strictObject({ name: domain.nullish() }))
    .output(z.strictObject({ flushed: z.string() }))
    .mutation(async ({ ctx: { services }, input }) => {
      const name = input.name ? nameOf(input.name) : null;
      if (services.dns.resolver === null) throw OFF;
      await services.dns.control.flush(name);
      return { flushed: name ?? '.' };
    }),

  /** Asks the box's own resolver. An address is asked for its name. */
  lookup: operatorProcedure
    .input(z.strictObject({ name: domain, type: z.enum(RECORD_TYPES).default('A') }))
    .output(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        answers: z.array(z.string()),
        /** "ENOTFOUND", "ENODATA", "ESERVFAIL", ...; null when there are answers. */
        error: z.string().nullable(),
        milliseconds: z.number(),
      }),
    )
    .mutation(async ({ ctx: { services }, input }) => {
      const address = parseIp(input.name) !== null;
      const name = address ? input.name : nameOf(input.name);
      if (services.dns.resolver === null) throw OFF;
      const resolver = new Resolver({ timeout: LOOKUP_MS, tries: 1 });
      resolver.setServers(['127.0.0.1']);
      const asked = { name, type: address ? 'PTR' : input.type };
      const begin = performance.now();
      const took = () => Math.round(performance.now() - begin);
      try {
        const records: unknown = address ? await resolver.reverse(name) : await resolver.resolve(name, input.type);
        const list = Array.isArray(records) ? records : [records];
        return { ...asked, answers: list.map(textOf), error: null, milliseconds: took() };
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return { ...asked, answers: [], error: code ?? message, milliseconds: took() };
      }
    }),
});

export const ntpRouter = router({
  status: readOnlyProcedure
    .output(
      z.strictObject({
        enabled: z.boolean(),
        tracking: z
          .strictObject({
            synchronised: z.boolean(),
            source: z.string(),
            stratum: z.number(),
            /** Seconds. */
            offset: z.number(),
            frequencyPpm: z.number(),
          })
          .nullable(),
        sources: z.array(
          z.strictObject({
            name: z.string(),
            state: z.enum(['selected', 'combined', 'not combined', 'falseticker', 'unstable', 'unusable']),
            stratum: z.number(),
            reach: z.number(),
            lastAnswer: z.number().nullable(),
            offset: z.number(),
          }),
        ),
        error: z.string().nullable(),
      }),
    )
    .query(async ({ ctx: { services } }) => {
      const { ntp } = services;
      if (!ntp.enabled) return { enabled: false, tracking: null, sources: [], error: null };
      try {
        const [tracking, sources] = await Promise.all([ntp.control.tracking(), ntp.control.sources()]);
        return { enabled: true, tracking, sources, error: null };
      } catch (error) {
        return { enabled: true, tracking: null, sources: [], error: (error as Error).message };
      }
    }),
});
