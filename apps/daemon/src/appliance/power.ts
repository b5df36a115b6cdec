/** The power of the appliance. Packets stop with it: who asks has been asked whether that is meant. */
import { programPath, run } from '../process/run.ts';

export type Power = (verb: 'reboot' | 'poweroff') => Promise<void>;

/** Returns when systemd has taken the order; the answer to whoever asked still goes out. */
export const systemdPower: Power = async (verb) => {
  await run(programPath('systemctl'), ['--no-block', verb]);
};
