/** Small files that survive a power cut: written beside, synced, renamed, directory synced. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fsyncDirectory } from '@gatehouse/native';

/** Throws with the system's reason when the disk is full or read-only; the old content then stands. */
export function writeDurably(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  const fd = openSync(temporary, 'w', mode);
  try {
    writeFileSync(fd, text); // all of it, or an error: write(2) may take a part of it when the disk is nearly full
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  fsyncDirectory(dirname(path));
}

export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  fsyncDirectory(dirname(path));
}

/** Content, or null when there is no such file. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
