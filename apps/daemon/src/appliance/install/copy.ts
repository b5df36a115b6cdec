/** Copies the slot that runs onto another disk, and reads it back. */
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  cpSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath, run } from '../../process/run.ts';
import type { Disk, Source } from './disks.ts';

const CHUNK = 4 << 20;
const SECTOR = 512;

export type Step = (text: string) => void;

const program = (name: string, args: string[], input?: string) =>
  run(programPath(name), args, { timeoutMs: 120_000, ...(input === undefined ? {} : { input }) });

type Table = {
  partitiontable: { partitions: { node: string; size: number; type: string; uuid: string; name?: string }[] };
};

/**
 * sfdisk(8)'s script for the disk: boot partition, root and hashes, as on the source. The root's and its hashes' UUIDs are how the kernel image
 * finds them; the boot partition's is the disk's own. The other slot and the state are made at the first start. Pure.
 */
export function tableFor(table: Table, source: Source): string {
  const of = (node: string) => {
    const found = table.partitiontable.partitions.find((item) => item.node === node);
    if (!found) throw new Error(`${node} is not in the partition table`);
    return found;
  };
  const line = ({ size, type, name }: ReturnType<typeof of>, uuid: string) =>
    `size=${size}, type=${type}, uuid=${uuid}${name ? `, name="${name}"` : ''}`;
  const [esp, root, verity] = [of(source.esp), of(source.root), of(source.verity)];
  return `label: gpt\n\n${line(esp, randomUUID())}\n${line(root, root.uuid)}\n${line(verity, verity.uuid)}\n`;
}

/** Reads `bytes` from a device, in pieces. */
function* pieces(path: string, bytes: number): Generator<Buffer> {
  const fd = openSync(path, 'r');
  try {
    for (let at = 0; at < bytes; ) {
      const piece = Buffer.alloc(Math.min(CHUNK, bytes - at));
      const got = readSync(fd, piece, 0, piece.length, at);
      if (got === 0) throw new Error(`${path} ends after ${at} of ${bytes} bytes`);
      yield piece.subarray(0, got);
      at += got;
    }
  } finally {
    closeSync(fd);
  }
}

/** SHA-256 of what was copied. */
function copyDevice(from: string, to: string, bytes: number): string {
  const hash = createHash('sha256');
  const fd = openSync(to, 'r+');
  try {
    let at = 0;
    for (const piece of pieces(from, bytes)) {
      for (let done = 0; done < piece.length; ) done += writeSync(fd, piece, done, piece.length - done, at + done);
      hash.update(piece);
      at += piece.length;
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

function hashDevice(path: string, bytes: number): string {
  const hash = createHash('sha256');
  for (const piece of pieces(path, bytes)) hash.update(piece);
  return hash.digest('hex');
}

/** A file system mounted for as long as `work` takes. */
async function mounted(
  device: string,
  options: string,
  work: (directory: string) => void | Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-install-'));
  await program('mount', ['-t', 'vfat', '-o', options, device, directory]);
  try {
    await work(directory);
  } finally {
    await program('umount', [directory]);
    rmSync(directory, { recursive: true });
  }
}

/** Boot loader, its keys, and the kernel image that runs: blessed, because it does. Nothing that tells one box from another. */
async function fillBoot(from: string, to: string, version: string): Promise<void> {
  await program('mkfs.vfat', ['-F', '32', '-n', 'ESP', to]);
  const kernel = new RegExp(`^gatehouse_${version.replaceAll('.', '\\.')}(\\+[0-9-]+)?\\.efi$`);
  // as the box has it mounted itself: the kernel knows one way for each device
  await mounted(from, 'rw', (source) =>
    mounted(to, 'rw,umask=0077', (target) => {
      for (const name of readdirSync(source)) {
        if (name === 'EFI') continue;
        cpSync(join(source, name), join(target, name), { recursive: true });
      }
      for (const name of readdirSync(join(source, 'EFI')).filter((item) => item !== 'Linux'))
        cpSync(join(source, 'EFI', name), join(target, 'EFI', name), { recursive: true });
      rmSync(join(target, 'loader/random-seed'), { force: true });
      const running = readdirSync(join(source, 'EFI/Linux')).find((name) => kernel.test(name));
      if (!running) throw new Error(`the boot partition holds no kernel image of ${version}`);
      mkdirSync(join(target, 'EFI/Linux'), { recursive: true });
      cpSync(join(source, 'EFI/Linux', running), join(target, `EFI/Linux/gatehouse_${version}.efi`));
    }),
  );
}

/**
 * Writes what runs to a disk: everything on it is lost. Resolves when it was read back and is the same.
 * @throws Error with the step that failed; the disk then starts nothing, what runs is untouched
 */
export async function install(source: Source, disk: Disk, version: string, step: Step): Promise<void> {
  if (disk.trouble !== null) throw new Error(`${disk.name} ${disk.trouble}`);
  const table = JSON.parse((await program('sfdisk', ['--json', `/dev/${source.disk}`])).stdout) as Table;
  step('writing the partition table');
  await program(
    'sfdisk',
    ['--quiet', '--wipe', 'always', '--wipe-partitions', 'always', disk.path],
    tableFor(table, source),
  );
  await program('udevadm', ['settle', '--timeout=30']);
  const written = JSON.parse((await program('sfdisk', ['--json', disk.path])).stdout) as Table;
  const [esp = '', root = '', verity = ''] = written.partitiontable.partitions.map((item) => item.node);
  step('writing the boot loader and the kernel');
  await fillBoot(source.esp, esp, version);
  for (const [what, from, to] of [
    ['root', source.root, root],
    ['hashes of the root', source.verity, verity],
  ] as const) {
    const size = table.partitiontable.partitions.find((item) => item.node === from)?.size ?? 0;
    step(`writing the ${what}: ${Math.round((size * SECTOR) / 1e6)} MB`);
    const expected = copyDevice(from, to, size * SECTOR);
    await program('blockdev', ['--flushbufs', to]);
    step(`reading the ${what} back`);
    if (hashDevice(to, size * SECTOR) !== expected)
      throw new Error(`${to} does not keep what was written: replace the disk`);
  }
  await program('sfdisk', ['--verify', disk.path]);
}
