/** Context, error form and the builders of procedures by right. A builder's name at a procedure tells who may call it. */
import type { Role } from '@gatehouse/config';
import { initTRPC, TRPCError } from '@trpc/server';
import type { ResetScope } from '../appliance/factory-reset.ts';
import type { Power } from '../appliance/power.ts';
import type { openOnTerminal } from '../appliance/terminal.ts';
import type { Updates } from '../appliance/update/index.ts';
import type { Auth, Caller } from '../auth/auth.ts';
import { AuthError } from '../auth/auth.ts';
import type { Sealer } from '../auth/seal.ts';
import { ConflictError } from '../engine/engine.ts';
import { RefusedError } from '../engine/transaction.ts';
import type { DhcpClient } from '../subsystems/dhcp-client/index.ts';
import { type InterfaceFact, PrepareError, type SubsystemStatus } from '../subsystems/subsystem.ts';
import type { CertificateFacts } from '../subsystems/web-front/certificate.ts';
import type { DataplaneServices, DhcpServices, DnsServices, EngineServices, NtpServices } from './services.ts';

export type Services = {
  version: string;
  startedAt: number;
  auth: Auth;
  sealer: Sealer;
  engine: EngineServices;
  dataplane: DataplaneServices;
  dhcpClient: Pick<DhcpClient, 'leases' | 'renew'>;
  dhcp: DhcpServices;
  dns: DnsServices;
  ntp: NtpServices;
  /** What the page shows to browsers; null without TLS. */
  certificate(): CertificateFacts | null;
  readInterfaces(): Promise<InterfaceFact[]>;
  subsystemStatus(): Promise<SubsystemStatus[]>;
  /** Null where there is no image to update. */
  updates: Updates | null;
  /** Null where the machine is not ours to stop. */
  power: Power | null;
  boxId: string;
  /** To be carried out at the next start. */
  requestReset(scope: ResetScope): void;
  console: {
    /** What stands on it while nobody uses it. */
    screen(): string;
    /** Null where the machine is not ours. */
    openOnTerminal: typeof openOnTerminal | null;
  };
};

export type Context = {
  services: Services;
  /** uid of the process on the other side of the socket. */
  peerUid: number | null;
  token: string | null;
  /** The caller says that it is the console. Only root is believed, and gains nothing but the name. */
  atConsole?: boolean;
};

const t = initTRPC.context<Context>().create({
  errorFormatter({ shape, error }) {
    const { cause } = error;
    return {
      ...shape,
      // no stack traces to the outside
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        issues: cause instanceof RefusedError || cause instanceof PrepareError ? cause.issues : null,
        waitMs: cause instanceof AuthError && cause.waitMs ? cause.waitMs : null,
      },
    };
  },
});

/** Errors of the daemon's own kinds get the code that fits; everything else is an internal error without details. */
const withCodes = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (cause instanceof RefusedError || cause instanceof PrepareError)
    throw new TRPCError({ code: 'BAD_REQUEST', message: cause.message, cause });
  if (cause instanceof ConflictError) throw new TRPCError({ code: 'CONFLICT', message: cause.message, cause });
  if (cause instanceof AuthError)
    throw new TRPCError({ code: cause.waitMs ? 'TOO_MANY_REQUESTS' : 'UNAUTHORIZED', message: cause.message, cause });
  return result;
});

const RANK: Record<Role, number> = { 'read-only': 0, operator: 1, administrator: 2 };
/** Root on the box itself, over the socket: the command line. */
const LOCAL: Caller = { name: 'root (local)', role: 'administrator' };
/** Somebody who stands at the machine. */
const CONSOLE: Caller = { name: 'root (console)', role: 'administrator' };

/** Who calls, or null. A process of root without a token is the local administrator. */
export function callerOf(context: Context): Caller | null {
  if (context.token !== null) return context.services.auth.caller(context.token);
  if (context.peerUid !== 0) return null;
  return context.atConsole ? CONSOLE : LOCAL;
}

const atLeast = (role: Role) =>
  t.middleware(({ ctx, next }) => {
    const caller = callerOf(ctx);
    if (!caller) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'log in first' });
    if (RANK[caller.role] < RANK[role])
      throw new TRPCError({ code: 'FORBIDDEN', message: `this needs the role ${role}; you are ${caller.role}` });
    return next({ ctx: { ...ctx, caller } });
  });

/** Not a matter of roles: an administrator of the page is no match, because whoever owns the page's process has those tokens. */
const localRoot = t.middleware(({ ctx, next }) => {
  const caller = ctx.token === null ? callerOf(ctx) : null;
  if (!caller) throw new TRPCError({ code: 'FORBIDDEN', message: 'only root on the box itself may do this' });
  return next({ ctx: { ...ctx, caller } });
});

export const { router, mergeRouters } = t;
export const publicProcedure = t.procedure.use(withCodes);
export const readOnlyProcedure = publicProcedure.use(atLeast('read-only'));
export const operatorProcedure = publicProcedure.use(atLeast('operator'));
export const administratorProcedure = publicProcedure.use(atLeast('administrator'));
export const localRootProcedure = publicProcedure.use(localRoot);
