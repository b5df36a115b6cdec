/** The disks of a box, and the one that it runs from. */
import { z } from 'zod';
import { programPath, run } from '../../process/run.ts';
import { readText } from '../../state/files.ts';

/** Room for the boot partition, two slots and the state. */
export const MIN_BYTES = 3_900_000_000;

const node = z.object({
  name: z.string(),
  path: z.string(),
  type: z.string(),
  size: z.int(),
  ro: z.boolean(),
  model: z.string().nullish(),
  serial: z.string().nullish(),
  tran: z.string().nullish(),
  fstype: z.string().nullish(),
  partlabel: z.string().nullish(),
  parttype: z.string().nullish(),
  partuuid: z.string().nullish(),
  mountpoints: z.array(z.string().nullable()).default([]),
});
type Node = z.output<typeof node> & { children?: Node[] | undefined };
const tree: z.ZodType<Node> = node.extend({ children: z.lazy(() => z.array(tree).optional()) });

export type Disk = {
  /** "sda", "nvme0n1" */
  name: string;
  path: string;
  bytes: number;
  /** For people: maker's model, serial number, bus. */
  description: string;
  /** What is on it: labels or file systems of its partitions. */
  holds: string[];
  /** Why it can not be installed on; null when it can. */
  trouble: string | null;
};

export type Source = { disk: string; esp: string; root: string; verity: string };

/** A UUID out of half of a root hash: how a kernel image finds its root and its hashes (Discoverable Partitions Specification). */
const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;

const ESP_TYPE = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

const all = (nodes: readonly Node[]): Node[] => nodes.flatMap((item) => [item, ...all(item.children ?? [])]);

function parseTree(json: string): Node[] {
  return z.object({ blockdevices: z.array(tree) }).parse(JSON.parse(json)).blockdevices;
}

/**
 * Where what runs stands. Pure.
 * @param json of lsblk(8) -J -b -O
 * @throws Error when this is no box that runs from slots
 */
export function sourceOf(json: string, commandLine: string): Source {
  const hash = /(?:^|\s)roothash=([0-9a-f]{64})(?:\s|$)/.exec(commandLine)?.[1];
  if (hash === undefined) throw new Error('this is no appliance: its kernel was not started with a root hash');
  for (const disk of parseTree(json)) {
    const parts = all(disk.children ?? []);
    const found = (uuid: string) => parts.find((item) => item.partuuid === uuid)?.path;
    const [root, verity] = [found(uuidOf(hash.slice(0, 32))), found(uuidOf(hash.slice(32)))];
    const esp = parts.find((item) => item.parttype === ESP_TYPE)?.path;
    if (root && verity && esp) return { disk: disk.name, esp, root, verity };
  }
  throw new Error('no disk holds the slot that runs');
}

function troubleOf(disk: Node, source: Source): string | null {
  if (disk.name === source.disk) return 'this box runs from it';
  if (disk.ro) return 'is read-only';
  if (disk.size < MIN_BYTES) return `is smaller than ${Math.round(MIN_BYTES / 1e9)} GB`;
  const used = all([disk]).flatMap((item) => item.mountpoints.filter((place) => place !== null));
  return used.length > 0 ? `is in use: ${used.join(', ')}` : null;
}

/** Disks, in the order of their names. Pure. */
export function disksOf(json: string, source: Source): Disk[] {
  return parseTree(json)
    .filter((item) => item.type === 'disk' && item.size > 0)
    .map((disk) => ({
      name: disk.name,
      path: disk.path,
      bytes: disk.size,
      description: [disk.model, disk.serial, disk.tran]
        .map((text) => text?.trim())
        .filter(Boolean)
        .join(', '),
      holds: all([disk])
        .map((item) => item.partlabel ?? item.fstype)
        .filter((text) => text !== null && text !== undefined),
      trouble: troubleOf(disk, source),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

export async function readDisks(): Promise<{ source: Source; disks: Disk[] }> {
  // without loop devices and optical drives
  const { stdout: json } = await run(programPath('lsblk'), ['-J', '-b', '-O', '-e', '7,11']);
  const source = sourceOf(json, readText('/proc/cmdline') ?? '');
  return { source, disks: disksOf(json, source) };
}
