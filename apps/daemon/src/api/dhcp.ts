/** Leases: listed as they come, ended by an operator. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type Lease, leaseSchema } from './dhcp-schemas.ts';
import { streamOf } from './stream.ts';
import { operatorProcedure, readOnlyProcedure, router } from './trpc.ts';

export const dhcpRouter = router({
  leases: readOnlyProcedure.output(z.array(leaseSchema)).query(({ ctx }) => ctx.services.dhcp.leases()),

  /** All leases, anew when one changed. */
  watchLeases: readOnlyProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<Lease[]> {
    const changes = streamOf<true>(ctx, signal, (push) => {
      push(true);
      return ctx.services.dhcp.watch(() => push(true));
    });
    for await (const _ of changes) yield await ctx.services.dhcp.leases();
  }),

  release: operatorProcedure
    .input(z.strictObject({ address: z.union([z.ipv4(), z.ipv6()]) }))
    .output(z.strictObject({ released: z.literal(true) }))
    .mutation(async ({ ctx, input }) => {
      if (await ctx.services.dhcp.release(input.address)) return { released: true as const };
      throw new TRPCError({ code: 'NOT_FOUND', message: `${input.address} is not leased` });
    }),
});
