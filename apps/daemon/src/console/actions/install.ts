/** From a stick onto a disk inside. */
import type { Entry } from '../session.ts';
import { Gone } from '../terminal.ts';

export const install: Entry = {
  title: 'Install on another disk of this box',
  async run({ terminal, client, device }) {
    if (device === null) {
      terminal.print('This is not the terminal of the box: use gatehouse install.');
      return;
    }
    await client.console.install.mutate({ terminal: device });
    throw new Gone('the installation takes the terminal');
  },
};
