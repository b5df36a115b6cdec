/** gatehouse console: the screen and the menu, on the terminal that it is started on. */
import { connect, explainError } from '../cli/client.ts';
import { UsageError } from '../options.ts';
import { menu } from './menu.ts';
import { Terminal } from './terminal.ts';

const IDLE_MS = 300_000;

/**
 * `device`: name under /dev of the terminal, when it is one of the machine's own.
 * @throws UsageError without a terminal, because what is typed would be shown
 */
export async function runConsole(socket: string, device: string | null): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('console needs a terminal: over secure shell, ssh -t');
  const client = connect(socket, { 'x-gatehouse-console': '1' });
  const terminal = new Terminal(process.stdin, process.stdout, IDLE_MS);
  try {
    const { text } = await client.console.screen
      .query()
      .catch((error: unknown) => ({ text: `${explainError(error, socket)}\n` }));
    terminal.forget();
    terminal.clear();
    terminal.write(text);
    await menu({ terminal, client, device }, socket);
  } finally {
    terminal.close();
  }
}
