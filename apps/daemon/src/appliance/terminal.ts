/** Programs with rights on a terminal of the machine, in units of their own: the console itself runs without any. */
import { programPath, run } from '../process/run.ts';

export type TerminalProgram = 'shell' | 'install';

/** Takes the terminal from the console; when the program ends, the console comes back (gatehouse-console-PROGRAM@.service). */
export async function openOnTerminal(program: TerminalProgram, terminal: string): Promise<void> {
  await run(programPath('systemctl'), ['--no-block', 'start', `gatehouse-console-${program}@${terminal}.service`]);
}
