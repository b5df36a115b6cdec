/** A shell on a terminal of the machine, in a unit of its own: the console itself runs without rights. */
import { programPath, run } from '../process/run.ts';

/** Takes the terminal from the console; when the shell ends, the console comes back (gatehouse-console-shell@.service). */
export async function openShell(terminal: string): Promise<void> {
  await run(programPath('systemctl'), ['--no-block', 'start', `gatehouse-console-shell@${terminal}.service`]);
}
