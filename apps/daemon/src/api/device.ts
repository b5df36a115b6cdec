/** What sysfs tells of a device beside its link (Documentation/ABI/testing/sysfs-class-net in the kernel). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

const SYSFS = '/sys/class/net';

function known<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

export type DeviceFacts = {
  /** Mbit/s, or null when the device does not say. */
  speed: number | null;
  /** Of the kernel; null for devices without hardware. */
  driver: string | null;
  /** Null when sysfs does not know the device: it may be another network namespace's. */
  queues: { rx: number; tx: number } | null;
};

export function deviceFacts(device: string, sysfs = SYSFS): DeviceFacts {
  const at = (...path: string[]) => join(sysfs, device, ...path);
  const speed = known(() => Number(readFileSync(at('speed'), 'utf8')));
  const queues = known(() => readdirSync(at('queues')));
  return {
    speed: speed !== null && speed > 0 ? speed : null,
    driver: known(() => basename(readlinkSync(at('device', 'driver')))),
    queues: queues && {
      rx: queues.filter((name) => name.startsWith('rx-')).length,
      tx: queues.filter((name) => name.startsWith('tx-')).length,
    },
  };
}
