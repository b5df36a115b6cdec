/** Removes everything that a daemon set up in this network namespace: links, pins, addresses, routes. The daemon must not run. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isBpffs, lockFile, unmountBpffs } from '@gatehouse/native';
import { UsageError } from './options.ts';
import { pinDirectory } from './pin-directory.ts';
import { Dataplane } from './subsystems/dataplane/index.ts';
import { NetworkSubsystem } from './subsystems/network/index.ts';

/** What was removed, in words. The state directory (configuration, history, users) stays. */
export async function cleanUp(options: { stateDir: string; bpffs: string | null }): Promise<string[]> {
  if (lockFile(join(options.stateDir, 'lock')) === null)
    throw new UsageError(`the daemon of ${options.stateDir} is running; stop it first`);
  const removed: string[] = [];
  const bpffs = pinDirectory(options);
  await Dataplane.cleanup({ bpffs, log: (text) => removed.push(text) });
  await new NetworkSubsystem(options.stateDir).cleanup();
  removed.push('addresses, VLAN devices and routes of the configuration');
  const own = join(options.stateDir, 'bpf');
  if (isBpffs(own)) unmountBpffs(own);
  rmSync(own, { recursive: true, force: true });
  return removed;
}
