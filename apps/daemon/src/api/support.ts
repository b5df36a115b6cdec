/** The support bundle. */
import { z } from 'zod';
import { supportBundle } from '../support/bundle.ts';
import { administratorProcedure, router } from './trpc.ts';

export const supportRouter = router({
  /** A .tar.gz. */
  supportBundle: administratorProcedure
    .output(z.strictObject({ file: z.base64() }))
    .mutation(async ({ ctx }) => ({ file: (await supportBundle(ctx.services)).toString('base64') })),
});
