/** Reboot, power off. */
import type { Entry } from '../session.ts';

const reboot: Entry = {
  title: 'Reboot',
  async run({ terminal, client }) {
    terminal.print('Traffic stops for about a minute, and all sessions end. A change under Test is undone.');
    if (!(await terminal.yes('Reboot now?'))) return;
    await client.system.reboot.mutate();
    terminal.print('Rebooting.');
  },
};

const off: Entry = {
  title: 'Power off',
  async run({ terminal, client }) {
    terminal.print('Traffic stops until somebody switches the box on. A change under Test is undone.');
    if (!(await terminal.yes('Power off now?'))) return;
    await client.system.powerOff.mutate();
    terminal.print('Switching off.');
  },
};

export const powerEntries = { reboot, off };
