/** Login, logout, first run, sealing of secrets. */
import { createPrivateKey } from 'node:crypto';
import { emptyConfig } from '@gatehouse/config';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { loginSchema, userSchema } from './schemas.ts';
import { administratorProcedure, publicProcedure, readOnlyProcedure, router } from './trpc.ts';

const name = z.string().min(1).max(63);
const password = z.string().min(1).max(1024);
const done = z.strictObject({ ok: z.literal(true) });

export const authRouter = router({
  /** First run: the console's token makes the first administrator, once. */
  setup: publicProcedure
    .input(z.strictObject({ setupToken: z.string().max(64), username: name, password }))
    .output(loginSchema)
    .mutation(async ({ ctx: { services }, input }) => {
      const user = await services.auth.firstUser(input.setupToken, input.username, input.password);
      const running = services.engine.running();
      const config = structuredClone(running?.config ?? emptyConfig());
      await services.engine.commit({
        config: { ...config, users: [user] },
        base: running?.revision ?? null,
        message: 'first administrator',
        actor: input.username,
      });
      services.auth.setupToken(); // removes the used token
      return services.auth.login(input.username, input.password);
    }),

  login: publicProcedure
    .input(z.strictObject({ username: name, password }))
    .output(loginSchema)
    .mutation(({ ctx: { services }, input }) => services.auth.login(input.username, input.password)),

  me: readOnlyProcedure.output(userSchema).query(({ ctx }) => ctx.caller),

  logout: readOnlyProcedure.output(done).mutation(({ ctx }) => {
    if (ctx.token !== null) ctx.services.auth.logins.close(ctx.token);
    return { ok: true as const };
  }),
});

/** PKCS #8 (RFC 5958) of any unencrypted PEM key, so that every service reads it. @throws TRPCError when it is none */
function privateKeyOf(pem: string): string {
  const refuse = (message: string) => new TRPCError({ code: 'BAD_REQUEST', message });
  if (/ENCRYPTED/.test(pem)) throw refuse('the private key has a passphrase; take it off first, with openssl pkey');
  try {
    return createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    throw refuse('this is no private key; paste the PEM file, from -----BEGIN to -----END');
  }
}

export const secretsRouter = router({
  /** A secret in the form in which it may stand in a configuration. */
  seal: administratorProcedure
    .input(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('password'), value: password }),
        z.strictObject({ kind: z.literal('private-key'), value: z.string().max(16_384) }),
      ]),
    )
    .output(z.strictObject({ sealed: z.string() }))
    .mutation(async ({ ctx: { services }, input }) => ({
      sealed:
        input.kind === 'password'
          ? await services.auth.sealPassword(input.value)
          : services.sealer.seal(privateKeyOf(input.value)),
    })),
});
