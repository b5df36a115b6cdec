/** Which image the next start takes. */
import type { Entry } from '../session.ts';
import { powerEntries } from './power.ts';

export const image: Entry = {
  title: 'Choose the image to start (roll back an update)',
  async run(session) {
    const { terminal, client } = session;
    const slots = await client.update.slots.query();
    terminal.print(
      'The configuration stays. The other image starts with a reboot: traffic stops for about a minute.',
      '',
    );
    const slot = await terminal.choose('Which one shall start', slots, (item) =>
      [
        `version ${item.version}`,
        item.state,
        ...(item.running ? ['runs now'] : []),
        ...(item.next ? ['starts next'] : []),
      ].join(', '),
    );
    await client.update.choose.mutate({ version: slot.version });
    terminal.print(`Version ${slot.version} starts from the next reboot on.`);
    if (!slot.running) await powerEntries.reboot.run(session);
  },
};
