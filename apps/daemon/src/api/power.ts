/** Reboot and power off. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Power } from '../appliance/power.ts';
import { administratorProcedure, router, type Services } from './trpc.ts';

const done = z.strictObject({ ok: z.literal(true) });

/** @throws TRPCError where the machine is not ours to stop */
function powerOf(services: Services): Power {
  if (services.power) return services.power;
  throw new TRPCError({
    code: 'PRECONDITION_FAILED',
    message: 'this is no appliance: reboot the machine with its own means',
  });
}

export const powerRouter = router({
  reboot: administratorProcedure.output(done).mutation(async ({ ctx }) => {
    await powerOf(ctx.services).reboot();
    return { ok: true as const };
  }),

  powerOff: administratorProcedure.output(done).mutation(async ({ ctx }) => {
    await powerOf(ctx.services).powerOff();
    return { ok: true as const };
  }),
});
