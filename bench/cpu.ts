/**
 * CPU time of the process and of what the kernel's softirq thread does for it. The process is bound to one CPU, where generator, router and sink run
 * in its own softirq context, so that this time divided by the frames is what a frame costs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { run } from '../test/lab/process.ts';

/** Binds this process, with all its threads, to one CPU. */
export async function bindTo(cpu: number): Promise<void> {
  await run(['taskset', '-a', '-p', '-c', String(cpu), String(process.pid)]);
}

export function softirqThread(cpu: number): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === `ksoftirqd/${cpu}`) return Number(pid);
    } catch {} // it ended in between
  }
  throw new Error(`there is no thread ksoftirqd/${cpu}`);
}

/** CPU time in ns: of this process, and of the thread (Documentation/scheduler/sched-stats.rst). */
export function cpuNs(thread: number): number {
  const { user, system } = process.cpuUsage();
  const ran = Number(readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return (user + system) * 1000 + ran;
}

/** Lower median for even counts: always a value that was measured. */
export function median(values: readonly number[]): number {
  if (!values.length) throw new RangeError('no values');
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] as number;
}
