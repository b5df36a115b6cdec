/** Reboot and power off, by the image's systemd. */
import { programPath, run } from '../process/run.ts';

export type Power = { reboot(): Promise<void>; powerOff(): Promise<void> };

/** The answer must still reach the one who asked: through the daemon, the page and its front, which all end with the box. */
const ANSWER_MS = 1500;

export function systemdPower(log: (text: string) => void): Power {
  const later = async (verb: string): Promise<void> => {
    const systemctl = programPath('systemctl');
    log(`asked for ${verb}`);
    setTimeout(() => {
      run(systemctl, ['--no-block', verb]).catch((error: Error) => log(`${verb} failed: ${error.message}`));
    }, ANSWER_MS);
  };
  return { reboot: () => later('reboot'), powerOff: () => later('poweroff') };
}
