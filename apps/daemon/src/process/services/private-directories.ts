/**
 * Starts a program in a mount namespace of its own in which some directories are private: `unshare --mount node THIS PATH=SOURCE... -- PROGRAM...`.
 * An empty source is a fresh tmpfs, else a directory that is bound there. Only where the daemon starts services itself: several boxes may then
 * share a machine, and programs with fixed directories would meet.
 */
import { mkdirSync } from 'node:fs';
import { programPath, run } from '../run.ts';

/** Program and arguments of a service that sees its own `directories`: path → source, null = a fresh tmpfs. */
export function privately(
  directories: Readonly<Record<string, string | null>>,
  program: readonly string[],
): { program: string; args: string[] } {
  const pairs = Object.entries(directories).map(([path, source]) => `${path}=${source ?? ''}`);
  return {
    program: '/usr/bin/unshare',
    args: ['--mount', '--', process.execPath, import.meta.filename, ...pairs, '--', ...program],
  };
}

async function main(argv: string[]): Promise<void> {
  const end = argv.indexOf('--');
  for (const pair of argv.slice(0, end)) {
    const [path = '', source = ''] = pair.split('=');
    mkdirSync(path, { recursive: true });
    if (source) mkdirSync(source, { recursive: true, mode: 0o755 });
    await run(programPath('mount'), source ? ['--bind', source, path] : ['-t', 'tmpfs', 'tmpfs', path]);
  }
  const [program = '', ...args] = argv.slice(end + 1);
  process.execve?.(program, [program, ...args], {} as NodeJS.ProcessEnv);
}

if (import.meta.main) await main(process.argv.slice(2));
