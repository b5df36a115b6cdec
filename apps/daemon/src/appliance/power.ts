/** Reboot and power off, by the image's systemd. */
import { programPath, run } from '../process/run.ts';

export type Power = { reboot(): Promise<void>; powerOff(): Promise<void> };

/** Only asks for it: the answer must still reach the one who asked. */
const systemctl = async (verb: string): Promise<void> => {
  await run(programPath('systemctl'), ['--no-block', verb]);
};

export const systemdPower = (log: (text: string) => void): Power => ({
  reboot: () => {
    log('rebooting');
    return systemctl('reboot');
  },
  powerOff: () => {
    log('powering off');
    return systemctl('poweroff');
  },
});
