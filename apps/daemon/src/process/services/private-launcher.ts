/** Mounts private directories, then becomes the program: `unshare --mount node THIS PATH=SOURCE... -- PROGRAM...` (private-directories.ts). */
import { mkdirSync } from 'node:fs';
import { programPath, run } from '../run.ts';

const argv = process.argv.slice(2);
const end = argv.indexOf('--');
for (const pair of argv.slice(0, end)) {
  const [path = '', source = ''] = pair.split('=');
  mkdirSync(path, { recursive: true });
  if (source) mkdirSync(source, { recursive: true, mode: 0o755 });
  await run(programPath('mount'), source ? ['--bind', source, path] : ['-t', 'tmpfs', 'tmpfs', path]);
}
const [program = '', ...args] = argv.slice(end + 1);
process.execve?.(program, [program, ...args], {} as NodeJS.ProcessEnv);
