/**
 * Services in a mount namespace of their own, in which some directories are private. Only where the daemon starts services itself: several boxes
 * may then share a machine, and programs with fixed directories would meet.
 */
import { join } from 'node:path';

/** Program and arguments of a service that sees its own `directories`: path → source, null = a fresh tmpfs. */
export function privately(
  directories: Readonly<Record<string, string | null>>,
  program: readonly string[],
): { program: string; args: string[] } {
  const pairs = Object.entries(directories).map(([path, source]) => `${path}=${source ?? ''}`);
  // a file of its own: what starts programs must not be imported by the daemon
  const launcher = join(import.meta.dirname, 'private-launcher.ts');
  return {
    program: '/usr/bin/unshare',
    args: ['--mount', '--', process.execPath, launcher, ...pairs, '--', ...program],
  };
}
