/** The console of the machine: its screen and its serial line. */
import { z } from 'zod';
import { field } from './parts.ts';

export const consoleSettings = z
  .strictObject({
    shell: field(
      z.boolean().default(false),
      'Shell',
      'The console’s menu offers a shell for root, without a password, to whoever stands at the box.',
    ),
  })
  .prefault({})
  .meta({ label: 'Console' });
