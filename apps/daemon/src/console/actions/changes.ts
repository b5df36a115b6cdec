/** A change by the console: what it is in words, and a yes. */
import { type Config, diff } from '@gatehouse/config';
import type { Session } from '../session.ts';
import { Back } from '../terminal.ts';
import { cut, minuteOf, WIDTH } from '../words.ts';

const SHOWN = 12;

/** The difference in at most twelve lines. False when there is none. */
export function showChanges({ terminal }: Session, before: Config, after: Config): boolean {
  const changes = diff(before, after);
  if (changes.length === 0) {
    terminal.print('Nothing would change.');
    return false;
  }
  terminal.print('', 'What changes:');
  for (const change of changes.slice(0, SHOWN)) terminal.print(cut(`  ${change.title}`, WIDTH - 1));
  if (changes.length > SHOWN) terminal.print(`  and ${changes.length - SHOWN} more`);
  terminal.print('');
  return true;
}

/** Interfaces of the configuration without a device: with them every change is refused. */
export async function missingInterfaces({ client }: Session, config: Config): Promise<string[]> {
  const devices = await client.interfaces.list.query();
  return config.interfaces
    .filter((item) => item.type === 'ethernet' && !devices.some((device) => device.name === item.name))
    .map((item) => item.name);
}

/** Keep it or discard it: asked on its own, and before a further change, which would keep it as well. */
export async function decideTest({ terminal, client }: Session): Promise<void> {
  const { pending } = await client.config.state.query();
  if (!pending) return;
  terminal.print(
    `A change by ${pending.actor} is under Test${pending.deadline === null ? '' : ` until ${minuteOf(pending.deadline)}`}.`,
  );
  const answer = await terminal.ask('Type k to keep it, d to discard it, Enter to leave it');
  if (answer === 'k') await client.config.confirm.mutate({ transaction: pending.transaction });
  else if (answer === 'd') await client.config.revert.mutate({ transaction: pending.transaction });
  else throw new Back('left under Test');
  terminal.print(answer === 'k' ? 'Kept.' : 'Discarded: the configuration from before runs.');
}
