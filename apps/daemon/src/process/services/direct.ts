/**
 * Services as processes that this daemon starts, detached, so that they outlive it; the next daemon finds them by their pid files. One that
 * ends by itself is started again.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readText } from '../../state/files.ts';
import type { Service, ServiceManager } from './manager.ts';

/** Within this time a program that can not run has ended. */
const SETTLE_MS = 300;
const LOOK_EVERY_MS = 2000;
const TERM_MS = 5000;

/** Start time of a process in clock ticks after boot (proc_pid_stat(5), field 22): tells a pid from its next user. Null: gone or a zombie. */
function startOf(pid: number): string | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

export class DirectServices implements ServiceManager {
  private readonly directory: string;
  private readonly wanted = new Map<string, Service>();
  private readonly timer: NodeJS.Timeout;

  /** `directory`: for pid files and what the services write. */
  constructor(directory: string, log: (text: string) => void) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    this.timer = setInterval(() => {
      for (const service of this.wanted.values())
        if (this.find(service) === null) {
          log(`${service.name} ended: starting it again`);
          this.launch(service);
        }
    }, LOOK_EVERY_MS).unref();
  }

  private file(service: Service, suffix: string): string {
    return join(this.directory, `${service.name}.${suffix}`);
  }

  private find(service: Service): number | null {
    const [pid = '', start] = (readText(this.file(service, 'pid')) ?? '').split(' ');
    return pid !== '' && startOf(Number(pid)) === start ? Number(pid) : null;
  }

  private launch(service: Service): void {
    const output = openSync(this.file(service, 'log'), 'w', 0o600);
    const child = spawn(service.program, service.args, {
      detached: true,
      env: { ...service.environment },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child.on('error', () => {}); // no pid then: start() tells
    child.unref();
    if (child.pid !== undefined) writeFileSync(this.file(service, 'pid'), `${child.pid} ${startOf(child.pid)}`);
  }

  async start(service: Service): Promise<void> {
    this.wanted.set(service.name, service);
    if (this.find(service) !== null) return;
    this.launch(service);
    await sleep(SETTLE_MS);
    if (this.find(service) !== null) return;
    this.wanted.delete(service.name);
    throw new Error(`${service.name} ended at once: ${await this.tail(service, 5)}`);
  }

  async stop(service: Service): Promise<void> {
    this.wanted.delete(service.name);
    const until = Date.now() + TERM_MS;
    for (let pid = this.find(service); pid !== null; pid = this.find(service)) {
      process.kill(pid, Date.now() < until ? 'SIGTERM' : 'SIGKILL');
      await sleep(50);
    }
    rmSync(this.file(service, 'pid'), { force: true });
  }

  async restart(service: Service): Promise<void> {
    await this.stop(service);
    await this.start(service);
  }

  async signal(service: Service, signal: NodeJS.Signals): Promise<boolean> {
    const pid = this.find(service);
    if (pid !== null) process.kill(pid, signal);
    return pid !== null;
  }

  async pid(service: Service): Promise<number | null> {
    return this.find(service);
  }

  async tail(service: Service, lines: number): Promise<string> {
    try {
      return readFileSync(this.file(service, 'log'), 'utf8').trim().split('\n').slice(-lines).join('\n');
    } catch {
      return '';
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}
