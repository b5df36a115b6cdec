/** Status, interfaces, counters, sessions, events, explain. */
import { emptyConfig, parseConfig, zoneOfInterface } from '@gatehouse/config';
import { TRPCError, tracked } from '@trpc/server';
import { z } from 'zod';
import { managementCheck, pageCheck } from '../appliance/health.ts';
import { RefusedError } from '../engine/transaction.ts';
import { deviceFacts } from './device.ts';
import {
  type Counters,
  certificateSchema,
  countersSchema,
  explanationSchema,
  interfaceSchema,
  type LogEntry,
  logEntry,
  logFilter,
  packetSchema,
  sessionFilter,
  sessionSchema,
  statusSchema,
} from './schemas.ts';
import { streamOf } from './stream.ts';
import { operatorProcedure, publicProcedure, readOnlyProcedure, router } from './trpc.ts';

const SECOND = 1000;

export const systemRouter = router({
  /** What the login page needs; tells nothing else. */
  state: publicProcedure
    .output(
      z.strictObject({
        setupRequired: z.boolean(),
        hostName: z.string(),
        version: z.string(),
        loginBanner: z.string().nullable(),
        /** Where the page shall listen. */
        webPort: z.number(),
        /** Where it is over HTTPS; null without TLS. */
        tlsPort: z.number().nullable(),
        /** The port without TLS only leads there. Not before the change that switched TLS on was kept: it may be undone. */
        tlsOnly: z.boolean(),
        /** Another one after a factory reset. */
        boxId: z.string(),
      }),
    )
    .query(({ ctx: { services } }) => {
      const config = services.engine.running()?.config;
      const { web } = (config ?? emptyConfig()).management;
      return {
        setupRequired: services.auth.setupRequired,
        hostName: config?.system.hostName ?? 'gatehouse',
        version: services.version,
        loginBanner: config?.management.loginBanner ?? null,
        webPort: web.port,
        tlsPort: web.tls.enabled ? web.tls.port : null,
        tlsOnly: web.tls.enabled && (services.engine.kept()?.config.management.web.tls.enabled ?? false),
        boxId: services.boxId,
      };
    }),

  /** What the page shows to browsers; null without TLS. */
  certificate: readOnlyProcedure.output(certificateSchema.nullable()).query(({ ctx }) => ctx.services.certificate()),

  status: readOnlyProcedure.output(statusSchema).query(async ({ ctx: { services } }) => ({
    version: services.version,
    startedAt: services.startedAt,
    subsystems: await services.subsystemStatus(),
    generation: services.dataplane.generation(),
    lostEvents: services.dataplane.lostEvents(),
  })),

  /** Everything that must be well; a new image is kept only when all of it is. */
  health: readOnlyProcedure.output(statusSchema.shape.subsystems).query(async ({ ctx: { services } }) => {
    const config = services.engine.running()?.config ?? emptyConfig();
    const [subsystems, facts, page] = await Promise.all([
      services.subsystemStatus(),
      services.readInterfaces(),
      pageCheck(config.management.web),
    ]);
    return [...subsystems, managementCheck(config, facts), page];
  }),
});

const NO_COUNTERS = { rxPackets: 0, rxBytes: 0, txPackets: 0, txBytes: 0, drops: 0 };

export const interfacesRouter = router({
  list: readOnlyProcedure.output(z.array(interfaceSchema)).query(async ({ ctx: { services } }) => {
    const [facts, modes, counters] = await Promise.all([
      services.readInterfaces(),
      services.dataplane.interfaceModes(),
      services.dataplane.counters(),
    ]);
    const config = services.engine.running()?.config;
    return facts
      .filter((fact) => fact.kind !== 'loopback')
      .map((fact) => {
        const { name: _, ...counted } = counters.interfaces.find((item) => item.name === fact.name) ?? {
          name: '',
          ...NO_COUNTERS,
        };
        return {
          name: fact.name,
          kind: fact.kind,
          mac: fact.mac,
          up: fact.up,
          carrier: fact.carrier,
          mtu: fact.mtu,
          ...deviceFacts(fact.name),
          addresses: fact.addresses.map((item) => `${item.address}/${item.prefixLength}`),
          zone: (config && zoneOfInterface(config, fact.name)?.name) ?? null,
          configured: config?.interfaces.some((item) => item.name === fact.name) ?? false,
          mode: modes.get(fact.name) ?? null,
          counters: counted,
        };
      });
  }),
});

export const countersRouter = router({
  get: readOnlyProcedure.output(countersSchema).query(({ ctx }) => ctx.services.dataplane.counters()),

  /** One snapshot a second. */
  watch: readOnlyProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<Counters> {
    yield await ctx.services.dataplane.counters();
    const ticks = streamOf<true>(ctx, signal, (push) => {
      const timer = setInterval(() => push(true), SECOND);
      return () => clearInterval(timer);
    });
    for await (const _ of ticks) yield await ctx.services.dataplane.counters();
  }),
});

export const sessionsRouter = router({
  list: readOnlyProcedure
    .input(
      z.strictObject({
        filter: sessionFilter.default({}),
        limit: z.int().min(1).max(1000).default(100),
        cursor: z.string().max(256).nullish(),
      }),
    )
    .output(z.strictObject({ sessions: z.array(sessionSchema), nextCursor: z.string().nullable(), total: z.number() }))
    .query(({ ctx, input }) => ctx.services.dataplane.listSessions(input.filter, input.limit, input.cursor ?? null)),

  clear: operatorProcedure
    .input(z.strictObject({ filter: sessionFilter.default({}) }))
    .output(z.strictObject({ cleared: z.number() }))
    .mutation(async ({ ctx, input }) => ({ cleared: await ctx.services.dataplane.clearSessions(input.filter) })),
});

export const eventsRouter = router({
  recent: readOnlyProcedure
    .input(z.strictObject({ limit: z.int().min(1).max(5000).default(200), filter: logFilter.default({}) }))
    .output(z.array(logEntry))
    .query(({ ctx, input }) => ctx.services.dataplane.recentEvents(input.filter, input.limit)),

  watch: readOnlyProcedure
    .input(z.strictObject({ filter: logFilter.default({}), lastEventId: z.string().max(64).nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const entries = streamOf<LogEntry>(ctx, signal, (push) =>
        ctx.services.dataplane.watchEvents(input.filter, input.lastEventId ?? null, push),
      );
      for await (const entry of entries) yield tracked(entry.id, entry);
    }),
});

export const explainRouter = router({
  packet: readOnlyProcedure
    .input(z.strictObject({ packet: packetSchema, config: z.unknown().optional() }))
    .output(explanationSchema)
    .mutation(async ({ ctx, input }) => {
      const parsed = input.config === undefined || input.config === null ? null : parseConfig(input.config);
      if (parsed && !parsed.ok) throw new RefusedError(parsed.issues);
      try {
        return await ctx.services.dataplane.explain(input.packet, parsed?.config ?? null);
      } catch (error) {
        if (error instanceof RangeError) throw new TRPCError({ code: 'BAD_REQUEST', message: error.message });
        throw error;
      }
    }),
});
