/** gatehouse install: this box, as it started from a stick, onto a disk inside. Asks for the disk's name before it writes. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { install } from '../appliance/install/copy.ts';
import { type Disk, readDisks } from '../appliance/install/disks.ts';
import { VERSION } from '../appliance/version.ts';
import { UsageError } from '../options.ts';
import type { Output } from './show.ts';
import { table } from './table.ts';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function listText(disks: readonly Disk[]): string {
  const rows = disks.map((disk) => [
    disk.name,
    gigabytes(disk.bytes),
    disk.description || '-',
    disk.holds.join(' ') || 'nothing',
    disk.trouble ?? 'can be installed on',
  ]);
  return table(['disk', 'size', 'model', 'holds', ''], rows);
}

/**
 * Without a name it lists the disks. Everything on the named one is lost; what this box keeps stays on its own disk.
 * @throws UsageError when there is no such disk, or it can not be used, or its name was not typed
 */
export async function installOn(name: string | undefined): Promise<Output> {
  const { source, disks } = await readDisks();
  if (name === undefined) return { data: disks, text: listText(disks) };
  const disk = disks.find((item) => item.name === name);
  if (!disk) throw new UsageError(`there is no disk ${name}; name one of ${disks.map((item) => item.name).join(', ')}`);
  if (disk.trouble !== null) throw new UsageError(`${disk.name} can not be installed on: ${disk.trouble}`);
  const input = createInterface({ input: process.stdin, output: process.stdout });
  const question = `Everything on ${disk.name} (${gigabytes(disk.bytes)}${disk.description && `, ${disk.description}`}) will be lost.\nType ${disk.name} to go on: `;
  // no answer at all is none
  const typed = await Promise.race([input.question(question), once(input, 'close').then(() => '')]);
  input.close();
  if (typed.trim() !== disk.name) throw new UsageError('nothing was written');
  await install(source, disk, VERSION, (text) => console.log(`${text}...`));
  const done = `${disk.name} holds Gatehouse ${VERSION}. It begins as a new box: own keys, no configuration.`;
  return {
    data: { disk: disk.name, version: VERSION },
    text: `${done}\nPower this one off, take the stick out, and start from the disk.`,
  };
}
