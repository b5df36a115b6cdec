/** Kernel parameters below /proc/sys. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name with slashes, e.g. "net/ipv4/ip_forward", and value. */
export type Sysctl = readonly [name: string, value: string];

/** Sets what differs and notes the old values in `changed`. A kernel without the protocol has no such file: skipped. */
export function setSysctls(wanted: readonly Sysctl[], changed: Sysctl[]): void {
  for (const [name, value] of wanted) {
    const path = join('/proc/sys', name);
    if (!existsSync(path)) continue;
    const old = readFileSync(path, 'utf8').trim();
    if (old === value) continue;
    writeFileSync(path, value);
    changed.push([name, old]);
  }
}

/** Takes back what setSysctls noted, the last first; devices that are gone have nothing to take back. */
export function restoreSysctls(changed: readonly Sysctl[]): void {
  for (const [name, value] of [...changed].reverse()) {
    const path = join('/proc/sys', name);
    if (existsSync(path)) writeFileSync(path, value);
  }
}
