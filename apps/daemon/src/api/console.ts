/** For the console of the box: what needs the machine itself, not a role. Root over the socket, never the page. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { readDisks } from '../appliance/install/disks.ts';
import type { TerminalProgram } from '../appliance/terminal.ts';
import { localRootProcedure, router, type Services } from './trpc.ts';

const done = z.strictObject({ ok: z.literal(true) });
const ok = { ok: true as const };
/** Under /dev. */
const terminal = z.string().regex(/^(tty|hvc)[A-Za-z0-9]{1,10}$/);

async function open(services: Services, caller: string, program: TerminalProgram, where: string): Promise<void> {
  if (!services.console.openOnTerminal)
    throw new TRPCError({ code: 'PRECONDITION_FAILED', message: 'this is no appliance: use its own means' });
  console.log(`${caller}: ${program} on ${where}`);
  await services.console.openOnTerminal(program, where);
}

export const consoleRouter = router({
  /** What the console shows while nobody uses it. */
  screen: localRootProcedure
    .output(z.strictObject({ text: z.string() }))
    .query(({ ctx }) => ({ text: ctx.services.console.screen() })),

  setupToken: localRootProcedure
    .output(z.strictObject({ token: z.string().nullable() }))
    .query(({ ctx }) => ({ token: ctx.services.auth.setupToken() })),

  /** A new password for a user who exists; the user is no longer disabled, and logged out everywhere. */
  setPassword: localRootProcedure
    .input(z.strictObject({ username: z.string().min(1).max(63), password: z.string().min(1).max(1024) }))
    .output(done)
    .mutation(async ({ ctx: { services, caller }, input }) => {
      const { auth, engine } = services;
      if (engine.state().pending)
        throw new TRPCError({ code: 'CONFLICT', message: 'a change is under Test: keep or discard it first' });
      const running = engine.running();
      const config = structuredClone(running?.config);
      const user = config?.users.find((item) => item.name === input.username);
      if (!running || !user)
        throw new TRPCError({ code: 'NOT_FOUND', message: `username ("${input.username}") is no user of this box` });
      user.passwordHash = await auth.sealPassword(input.password);
      user.disabled = false;
      await engine.commit({
        config,
        base: running.revision,
        message: `password of ${user.name} set with physical presence`,
        actor: caller.name,
      });
      auth.passwordSet(user.name);
      console.log(`${caller.name}: password of ${user.name} set, logins of ${user.name} ended`);
      return ok;
    }),

  /** A shell on a terminal of the machine, where the configuration admits it. */
  shell: localRootProcedure
    .input(z.strictObject({ terminal }))
    .output(done)
    .mutation(async ({ ctx: { services, caller }, input }) => {
      if (!services.engine.running()?.config.management.console.shell)
        throw new TRPCError({
          code: 'FORBIDDEN',
          message: 'the configuration admits no shell (management.console.shell)',
        });
      await open(services, caller.name, 'shell', input.terminal);
      return ok;
    }),

  /** Disks that this box could be installed on, but the one that it runs from. */
  installable: localRootProcedure
    .output(z.array(z.string()))
    .query(async () => (await readDisks()).disks.filter((disk) => disk.trouble === null).map((disk) => disk.name)),

  /** The installation on a terminal of the machine: it asks there for a disk and for its name. */
  install: localRootProcedure
    .input(z.strictObject({ terminal }))
    .output(done)
    .mutation(async ({ ctx: { services, caller }, input }) => {
      await open(services, caller.name, 'install', input.terminal);
      return ok;
    }),
});
