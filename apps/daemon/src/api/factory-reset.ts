/** Factory reset: asked for here, carried out at the next start. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { administratorProcedure, router } from './trpc.ts';

export const factoryResetRouter = router({
  factoryReset: administratorProcedure
    .input(
      z.strictObject({
        scope: z.enum(['configuration', 'everything']),
        /** The host name, typed by a person. */
        confirm: z.string().max(253),
      }),
    )
    /** `reboots`: false = somebody must start the daemon anew. */
    .output(z.strictObject({ reboots: z.boolean() }))
    .mutation(async ({ ctx: { services }, input }) => {
      const hostName = services.engine.running()?.config.system.hostName;
      if (input.confirm !== hostName)
        throw new TRPCError({
          code: 'BAD_REQUEST',
          message: `confirm ("${input.confirm}") is not the host name of this box. Write its host name.`,
        });
      services.requestReset(input.scope);
      await services.power?.reboot();
      return { reboots: services.power !== null };
    }),
});
