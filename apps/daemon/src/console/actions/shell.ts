/** A shell, where the configuration admits one. */
import type { Entry } from '../session.ts';
import { Gone } from '../terminal.ts';

export const shell: Entry = {
  title: 'Shell',
  async run({ terminal, client, device }) {
    if (device === null) {
      terminal.print('This is not the terminal of the box: use the shell that you have.');
      return;
    }
    terminal.print(
      'You get a shell for root. What you change there is in no history, and may be gone with the next commit or reboot. "exit" ends it.',
    );
    if (!(await terminal.yes('Open a shell?'))) return;
    await client.console.shell.mutate({ terminal: device });
    throw new Gone('the shell takes the terminal');
  },
};
