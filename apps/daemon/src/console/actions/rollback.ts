/** Back to an earlier configuration. */
import type { Entry } from '../session.ts';
import { cut, minuteOf, plain, short } from '../words.ts';
import { decideTest, showChanges } from './changes.ts';

const SHOWN = 15;

export const rollback: Entry = {
  title: 'Roll back the configuration',
  async run(session) {
    const { terminal, client } = session;
    await decideTest(session);
    const [running, history] = await Promise.all([client.config.running.query(), client.config.history.query()]);
    const others = history.filter((entry) => entry.revision !== running.revision);
    const entries = others.filter(
      (entry, index) => others.findIndex((one) => one.revision === entry.revision) === index,
    );
    if (entries.length === 0) {
      terminal.print('There is no other configuration to go back to.');
      return;
    }
    terminal.print(`Configuration ${short(running.revision)} runs. Before it ran:`);
    const entry = await terminal.choose('Back to which', entries.slice(0, SHOWN), (item) =>
      cut(`${minuteOf(item.time)}  ${plain(item.actor)}: ${plain(item.message) || short(item.revision)}`, 74),
    );
    const { config } = await client.config.get.query({ revision: entry.revision });
    if (!showChanges(session, running.config, config)) return;
    terminal.print(
      'It is applied at once and kept. Sessions that its policies do not permit are closed, all others go on.',
      'Users and passwords are those of that time as well.',
    );
    if (!(await terminal.yes('Roll back?'))) return;
    const { revision } = await client.config.rollback.mutate({ revision: entry.revision });
    terminal.print(`Configuration ${short(revision)} runs.`);
  },
};
