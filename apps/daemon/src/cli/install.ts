/** gatehouse install: this box, as it started from a stick, onto a disk inside. Asks for the disk's name before it writes. */
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline/promises';
import { install } from '../appliance/install/copy.ts';
import { type Disk, readDisks } from '../appliance/install/disks.ts';
import { VERSION } from '../appliance/version.ts';
import { UsageError } from '../options.ts';
import type { Output } from './output.ts';
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

function diskOf(disks: readonly Disk[], name: string): Disk {
  if (name === '') throw new UsageError('nothing was written');
  const disk = disks.find((item) => item.name === name);
  if (!disk) throw new UsageError(`there is no disk ${name}; name one of ${disks.map((item) => item.name).join(', ')}`);
  if (disk.trouble !== null) throw new UsageError(`${disk.name} can not be installed on: ${disk.trouble}`);
  return disk;
}

/** A line from a person; empty when nobody is there to answer. */
const lineOf = async (input: Interface, question: string): Promise<string> =>
  (await Promise.race([input.question(question), once(input, 'close').then(() => '')])).trim();

/**
 * Without a name it lists the disks, or asks for one. Everything on the named one is lost; what this box keeps stays on its own disk.
 * @throws UsageError when there is no such disk, or it can not be used, or its name was not typed
 */
export async function installOn(name: string | undefined, ask: boolean): Promise<Output> {
  const { source, disks } = await readDisks();
  if (name === undefined && !ask) return { data: disks, text: listText(disks) };
  const input = createInterface({ input: process.stdin, output: process.stdout });
  try {
    if (name === undefined) console.log(listText(disks));
    const disk = diskOf(disks, name ?? (await lineOf(input, 'Disk to install on (nothing: none): ')));
    const what = [gigabytes(disk.bytes), disk.description].filter(Boolean).join(', ');
    console.log(`Everything on ${disk.name} (${what}) will be lost.`);
    if ((await lineOf(input, `Type ${disk.name} to go on: `)) !== disk.name)
      throw new UsageError('nothing was written');
    await install(source, disk, VERSION, (text) => console.log(`${text}...`));
    const done = `${disk.name} holds Gatehouse ${VERSION}. It begins as a new box: own keys, no configuration.`;
    const text = `${done}\nPower this one off, take the stick out, and start from the disk.`;
    // the console comes back as soon as this ends
    if (ask) await lineOf(input, `${text}\nPress Enter: `);
    return { data: { disk: disk.name, version: VERSION }, text: ask ? '' : text };
  } catch (error) {
    if (!ask) throw error;
    await lineOf(input, `${(error as Error).message}\nPress Enter: `);
    return { data: null, text: '' };
  } finally {
    input.close();
  }
}
