/**
 * The only way this daemon starts another program: absolute path, argument array, an environment of nothing but what is named, time limit.
 * There is no shell.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

export type RunResult = { status: number | null; stdout: string; stderr: string };

export class RunError extends Error {
  readonly result: RunResult;
  constructor(program: string, args: readonly string[], result: RunResult) {
    super(`${program} ${args.join(' ')}: ${result.stderr.trim() || `exit status ${result.status}`}`);
    this.name = 'RunError';
    this.result = result;
  }
}

const DIRECTORIES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Absolute path of a program; throws when it is not installed. */
export function programPath(name: string): string {
  for (const directory of DIRECTORIES) {
    const path = `${directory}/${name}`;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  throw new Error(`${name} is not installed`);
}

/** Runs a program to its end; rejects with RunError when it fails or takes longer than `timeoutMs`. */
export function run(
  path: string,
  args: readonly string[],
  options: { timeoutMs?: number; input?: string; environment?: Readonly<Record<string, string>> } = {},
): Promise<RunResult> {
  if (!path.startsWith('/')) return Promise.reject(new Error(`${path} is not an absolute path`));
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      // the page's types want NODE_ENV in every environment
      env: { ...options.environment } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 10_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {}); // the program may end without reading
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (status) => {
      const result = { status, stdout, stderr };
      if (status === 0) resolve(result);
      else reject(new RunError(path, args, result));
    });
  });
}
