/** What the entries of the menu work with. */
import type { Client } from '../cli/client.ts';
import type { Terminal } from './terminal.ts';

export type Session = {
  terminal: Terminal;
  client: Client;
  /** Name of the terminal under /dev, for a shell; null when it is not the machine's own. */
  device: string | null;
};

/** `title`: what the menu says. */
export type Entry = { title: string; run(session: Session): Promise<void> };
