/** What a lab leaves in /run, and how it is removed: also after the process that made it was killed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endAll, identify, isAlive, type ProcessId, run, tryRun } from './process.ts';

export const LABS = '/run/gatehouse-lab';

/** `owner`: the process that ends the lab when it ends; null for a lab that stays up until `npm run lab -- down`. */
export type LabRecord = { name: string; owner: ProcessId | null; namespaces: string[] };

export const labDirectory = (name: string): string => join(LABS, name);

export function readRecord(name: string): LabRecord | null {
  const file = join(labDirectory(name), 'lab.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabRecord) : null;
}

export function writeRecord(record: LabRecord): void {
  mkdirSync(labDirectory(record.name), { recursive: true, mode: 0o755 });
  writeFileSync(join(labDirectory(record.name), 'lab.json'), JSON.stringify(record));
}

export const isOwned = (record: LabRecord): boolean => record.owner !== null && isAlive(record.owner);

/** Notes a process that must end with the lab. */
export function recordProcess(lab: string, id: ProcessId): void {
  writeFileSync(join(labDirectory(lab), 'processes'), `${id.pid} ${id.start}\n`, { flag: 'a' });
}

function recordedProcesses(lab: string): ProcessId[] {
  const file = join(labDirectory(lab), 'processes');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [pid, start] = line.split(' ') as [string, string];
      return { pid: Number(pid), start };
    });
}

/** Everything that runs inside a namespace of the lab: children of children as well. */
async function processesInside(namespaces: readonly string[]): Promise<ProcessId[]> {
  const found: ProcessId[] = [];
  for (const namespace of namespaces) {
    if (!existsSync(`/run/netns/${namespace}`)) continue;
    const pids = (await tryRun(['ip', 'netns', 'pids', namespace])).stdout.split('\n').filter(Boolean).map(Number);
    found.push(...pids.map(identify).filter((id) => id !== null));
  }
  return found;
}

/** Where something is mounted below a directory, deepest first. */
function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse();
}

/** Ends all processes of the lab, unmounts its bpffs (pins and links go with it), deletes its namespaces and files. Idempotent. */
export async function removeLab(name: string): Promise<void> {
  const record = readRecord(name);
  const namespaces = record?.namespaces ?? [];
  await endAll(recordedProcesses(name));
  await endAll(await processesInside(namespaces), 2000);
  for (const mount of mountsBelow(labDirectory(name))) await run(['umount', '--lazy', mount]);
  for (const namespace of namespaces)
    if (existsSync(`/run/netns/${namespace}`)) await run(['ip', 'netns', 'delete', namespace]);
  rmSync(labDirectory(name), { recursive: true, force: true });
}

/** Removes every lab whose owner is gone; returns their names. Labs without an owner (`npm run lab -- up`) stay. */
export async function removeLeftovers(): Promise<string[]> {
  if (!existsSync(LABS)) return [];
  const gone = readdirSync(LABS).filter((name) => {
    const record = readRecord(name);
    return record === null || (record.owner !== null && !isOwned(record));
  });
  for (const name of gone) await removeLab(name);
  return gone;
}
