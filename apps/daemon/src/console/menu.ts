/** The menu of the console. */
import { explainError } from '../cli/client.ts';
import { decideTest } from './actions/changes.ts';
import { image } from './actions/image.ts';
import { install } from './actions/install.ts';
import { management } from './actions/management.ts';
import { password } from './actions/password.ts';
import { powerEntries } from './actions/power.ts';
import { reset } from './actions/reset.ts';
import { rollback } from './actions/rollback.ts';
import { shell } from './actions/shell.ts';
import type { Entry, Session } from './session.ts';
import { Back, Gone } from './terminal.ts';

const test: Entry = { title: 'Keep or discard the change under Test', run: decideTest };
const ENTRIES = [management, rollback, image, password, reset, powerEntries.reboot, powerEntries.off] as const;

/** The entries that stand in the menu now. The numbers of the first seven never change. */
async function entriesNow({ client }: Session): Promise<Entry[]> {
  const [{ config }, { pending }, disks] = await Promise.all([
    client.config.running.query(),
    client.config.state.query(),
    // none where this is no appliance
    client.console.installable.query().catch(() => []),
  ]);
  return [
    ...ENTRIES,
    ...(disks.length > 0 ? [install] : []),
    ...(config.management.console.shell ? [shell] : []),
    ...(pending ? [test] : []),
  ];
}

/** One entry, or none; what goes wrong is told in words. @throws Gone */
async function runEntry(session: Session, entry: Entry, socket: string): Promise<void> {
  const { terminal } = session;
  terminal.print('', `== ${entry.title}`);
  try {
    await entry.run(session);
  } catch (error) {
    if (error instanceof Gone) throw error;
    if (error instanceof Back) return;
    terminal.print(
      ...explainError(error, socket)
        .split('\n')
        .map((line) => `It did not work: ${line}`),
    );
  }
}

/** Asks until the person leaves. */
export async function menu(session: Session, socket: string): Promise<void> {
  const { terminal } = session;
  try {
    for (;;) {
      const entries = await entriesNow(session).catch((error: unknown) => {
        terminal.print(explainError(error, socket));
        return [...ENTRIES] as Entry[];
      });
      terminal.print('', 'Menu (Ctrl-C goes back)', '');
      entries.forEach((entry, index) => {
        terminal.print(`  ${index + 1}  ${entry.title}`);
      });
      terminal.print('  0  Leave the menu', '');
      const answer = await terminal.ask('Number');
      if (answer === '0') return;
      const entry = /^\d{1,2}$/.test(answer) ? entries[Number(answer) - 1] : undefined;
      if (entry) await runEntry(session, entry, socket);
      else if (answer !== '') terminal.print(`"${answer}" is no number of the menu.`);
    }
  } catch (error) {
    if (!(error instanceof Gone || error instanceof Back)) throw error;
  }
}
