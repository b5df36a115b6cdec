/** What the network gave this box. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { operatorProcedure, readOnlyProcedure, router } from './trpc.ts';

const strings = z.array(z.string());
const lease = z.strictObject({
  interface: z.string(),
  ipv4: z
    .strictObject({
      address: z.string(),
      server: z.string().nullable(),
      routers: strings,
      seconds: z.number().nullable(),
    })
    .nullable(),
  ipv6: z.strictObject({ addresses: strings, prefixes: strings }).nullable(),
  dns: strings,
  ntp: strings,
  domain: z.string().nullable(),
});

export const dhcpClientRouter = router({
  leases: readOnlyProcedure.output(z.array(lease)).query(({ ctx }) => [...ctx.services.dhcpClient.leases()]),

  renew: operatorProcedure
    .input(z.strictObject({ interface: z.string().max(15) }))
    .output(z.strictObject({ ok: z.literal(true) }))
    .mutation(async ({ ctx, input }) => {
      await ctx.services.dhcpClient.renew(input.interface).catch((error: Error) => {
        throw new TRPCError({ code: 'BAD_REQUEST', message: error.message });
      });
      return { ok: true as const };
    }),
});
