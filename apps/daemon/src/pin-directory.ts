/** Where an instance pins its maps and links. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isBpffs, mountBpffs } from '@gatehouse/native';
import type { DaemonOptions } from './options.ts';

/**
 * A directory on a bpffs that is this instance's alone. /sys/fs/bpf where it is one; else an own mount under the state directory
 * (a container, a chroot, `ip netns exec`).
 */
export function pinDirectory(options: Pick<DaemonOptions, 'bpffs' | 'stateDir'>): string {
  const instance = createHash('sha256').update(options.stateDir).digest('hex').slice(0, 12);
  if (options.bpffs !== null) {
    mkdirSync(options.bpffs, { recursive: true });
    if (!isBpffs(options.bpffs)) mountBpffs(options.bpffs);
    return join(options.bpffs, `gatehouse-${instance}`);
  }
  if (existsSync('/sys/fs/bpf') && isBpffs('/sys/fs/bpf')) return `/sys/fs/bpf/gatehouse-${instance}`;
  const own = join(options.stateDir, 'bpf');
  mkdirSync(own, { recursive: true });
  if (!isBpffs(own)) mountBpffs(own);
  return join(own, `gatehouse-${instance}`);
}
