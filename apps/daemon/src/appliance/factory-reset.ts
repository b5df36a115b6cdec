/**
 * Factory reset: asked for by a file in the state directory, carried out at the next start before anything is read. The file goes last, so that a
 * power cut in the middle leads to the same end. What tells the kernel's state from before stays until that is gone with a reboot: a daemon that
 * starts without one must still find the addresses and programs that it made.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsyncDirectory } from '@gatehouse/native';
import { readText, removeDurably, writeDurably } from '../state/files.ts';

export type ResetScope = 'configuration' | 'everything';

const REQUEST = 'factory-reset';
const BOX_ID = 'box-id';
/** Users are part of the configuration: their logins and the history go with it, and the page's store, which follows the box id. */
const CONFIGURATION = [
  'running.json',
  'boot.json',
  'pending.json',
  'history',
  'images',
  'logins.json',
  'setup-token',
  BOX_ID,
] as const;
/** `bpf` and `run` hold mounts and what runs now. */
const STAYS = new Set([REQUEST, 'lock', 'bpf', 'run', 'managed-interfaces.json', 'dataplane-boot.json']);

export function requestReset(stateDir: string, scope: ResetScope): void {
  writeDurably(join(stateDir, REQUEST), scope);
}

function remove(directory: string, names: readonly string[]): void {
  if (!existsSync(directory)) return;
  for (const name of names) rmSync(join(directory, name), { recursive: true, force: true });
  fsyncDirectory(directory);
}

/** Carries out what was asked for; null when nothing was. Must run before anything of the state directory is read. */
export function resetIfAsked(stateDir: string): ResetScope | null {
  const request = readText(join(stateDir, REQUEST));
  if (request === null) return null;
  // a request that can not be read asks for the least
  const scope: ResetScope = request === 'everything' ? 'everything' : 'configuration';
  if (scope === 'configuration') remove(stateDir, CONFIGURATION);
  else {
    remove(
      stateDir,
      readdirSync(stateDir).filter((name) => !STAYS.has(name)),
    );
    // leases, in directories of their own users: these stay, empty
    for (const family of [4, 6]) {
      const leases = `${stateDir}-dhcp${family}`;
      if (existsSync(leases)) remove(leases, readdirSync(leases));
    }
  }
  removeDurably(join(stateDir, REQUEST));
  return scope;
}

/** Names this box until its next factory reset; says nothing else. */
export function boxId(stateDir: string): string {
  const path = join(stateDir, BOX_ID);
  const known = readText(path);
  if (known !== null) return known;
  const made = randomUUID();
  writeDurably(path, made);
  return made;
}
