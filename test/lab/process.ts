/** Starting and ending programs, inside a network namespace when one is named. No shell; only processes started here are ever ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export type Done = { status: number | null; stdout: string; stderr: string };

export type RunOptions = {
  /** Name of a network namespace under /run/netns; only the network changes, all mounts stay visible. */
  netns?: string;
  input?: string | Uint8Array;
  /** The program is killed after this time; default 30 s. */
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
  /** Kills the program; the call rejects then. */
  signal?: AbortSignal;
};

/** Not `ip netns exec`: that hides /sys/fs/bpf behind a new /sys. */
export function inNamespace(netns: string | undefined, argv: readonly string[]): [string, string[]] {
  const all = netns === undefined ? [...argv] : ['nsenter', `--net=/run/netns/${netns}`, '--', ...argv];
  return [all[0] as string, all.slice(1)];
}

/** Runs to the end and returns whatever the exit status; rejects only when the program can not be started. */
export function tryRun(argv: readonly string[], options: RunOptions = {}): Promise<Done> {
  const [program, args] = inNamespace(options.netns, argv);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 30_000,
      killSignal: 'SIGKILL',
      ...(options.env ? { env: options.env } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const done: Done = { status: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      done.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      done.stderr += text;
    });
    child.stdin.on('error', () => {}); // a program may end without reading
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (status) => resolve({ ...done, status }));
  });
}

/** As tryRun, but rejects when the exit status is not 0; returns what the program wrote. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const done = await tryRun(argv, options);
  if (done.status !== 0)
    throw new Error(
      `${argv.join(' ')}${options.netns ? ` (in ${options.netns})` : ''} ended with ${done.status ?? 'a signal or time-out'}: ${done.stderr.trim() || done.stdout.trim()}`,
    );
  return done.stdout;
}

/** A process and the moment it began (clock ticks since boot): a number alone may by now belong to somebody else. */
export type ProcessId = { pid: number; start: string };

export function identify(pid: number): ProcessId | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { pid, start: fields[19] as string };
  } catch {
    return null;
  }
}

export const isAlive = (process: ProcessId): boolean => identify(process.pid)?.start === process.start;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function signal(target: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {} // it ended in between
}

/** Asks all of them to end, and kills after `patienceMs` those that did not. */
export async function endAll(targets: readonly ProcessId[], patienceMs = 5000): Promise<void> {
  for (const target of targets) signal(target, 'SIGTERM');
  const until = Date.now() + patienceMs;
  while (targets.some(isAlive) && Date.now() < until) await sleep(20);
  for (const target of targets) signal(target, 'SIGKILL');
  while (targets.some(isAlive) && Date.now() < until + 5000) await sleep(20);
}

export type StartOptions = { netns?: string; logFile: string; env?: NodeJS.ProcessEnv; cwd?: string };

/** Starts a program that goes on by itself, in its own session (Ctrl-C does not reach it), output to a file. */
export function startDetached(argv: readonly string[], options: StartOptions): ChildProcess & { id: ProcessId } {
  const [program, args] = inNamespace(options.netns, argv);
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) {
    child.on('error', () => {});
    throw new Error(`${argv[0]} could not be started`);
  }
  const id = identify(child.pid);
  if (!id) throw new Error(`${argv[0]} ended at once; see ${options.logFile}`);
  return Object.assign(child, { id });
}
