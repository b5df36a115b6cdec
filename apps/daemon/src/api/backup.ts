/** Backup of the running configuration, and what a backup holds. Restoring applies nothing: its result is a draft. */
import { type Config, configSchema } from '@gatehouse/config';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { makeBackup, openBackup } from '../backup/backup.ts';
import { BackupError } from '../backup/format.ts';
import { administratorProcedure, router } from './trpc.ts';

const anyConfig = z.custom<Config>((value) => configSchema.safeParse(value).success);

const refused = (error: unknown): never => {
  if (error instanceof BackupError) throw new TRPCError({ code: 'BAD_REQUEST', message: error.message });
  throw error;
};

export const backupRouter = router({
  backup: administratorProcedure
    .input(z.strictObject({ passphrase: z.string().min(12, 'write 12 characters or more').max(1024) }))
    .output(z.strictObject({ file: z.base64(), hostName: z.string() }))
    .mutation(async ({ ctx: { services }, input }) => {
      const running = services.engine.running();
      if (!running) throw new TRPCError({ code: 'NOT_FOUND', message: 'nothing was committed yet' });
      const { config } = running;
      const file = await makeBackup(config, services.sealer, input.passphrase, services.version).catch(refused);
      return { file: file.toString('base64'), hostName: config.system.hostName };
    }),

  restore: administratorProcedure
    .input(z.strictObject({ file: z.base64(), passphrase: z.string().min(1).max(1024) }))
    .output(z.strictObject({ config: anyConfig }))
    .mutation(async ({ ctx: { services }, input }) => ({
      config: await openBackup(Buffer.from(input.file, 'base64'), services.sealer, input.passphrase).catch(refused),
    })),
});
