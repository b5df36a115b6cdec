/**
 * What lets a box change its image forth and back. Each image keeps a copy of the configuration that it ran last. A newer image reads what an
 * older one wrote (new fields have defaults); an older one that meets fields it does not know goes back to its own copy. What can not be read by
 * any way never stops the start: the newest configuration that can is taken, and the history says so.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '@gatehouse/config';
import { readText, removeDurably, writeDurably } from '../state/files.ts';
import { issuesText } from '../subsystems/subsystem.ts';
import { EngineStore, type Stored } from './store.ts';

/** Copies that are kept beside those of the image that runs and of the one before. */
const OTHERS = 1;
const VERSION_TEXT = /^\d+\.\d+\.\d+$/;

/** What is wrong with a stored configuration for this image; null when it can be read, or is not there. */
function trouble(path: string): string | null {
  const text = readText(path);
  if (text === null) return null;
  try {
    const parsed = parseConfig((JSON.parse(text) as Stored).config);
    return parsed.ok ? null : issuesText(parsed.issues);
  } catch (error) {
    return (error as Error).message;
  }
}

function keepCopy(stateDir: string, of: string, running: string): void {
  const directory = join(stateDir, 'images');
  const boot = readText(join(stateDir, 'boot.json'));
  if (boot === null) return;
  writeDurably(join(directory, `${of}.json`), boot);
  const others = readdirSync(directory)
    .filter((name) => name !== `${of}.json` && name !== `${running}.json`)
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const name of others.slice(OTHERS)) rmSync(join(directory, name), { force: true });
}

/** The configuration to come up with instead of one that can not be read: this image's own copy, else the newest of the history. */
function instead(stateDir: string, version: string): { stored: Stored; from: string } | null {
  const own = join(stateDir, 'images', `${version}.json`);
  const text = trouble(own) === null ? readText(own) : null;
  if (text !== null) return { stored: JSON.parse(text) as Stored, from: `what ${version} ran before` };
  const store = new EngineStore(stateDir);
  for (const entry of store.history()) {
    const config = store.recall(entry.revision);
    if (config) return { stored: { ...entry, config }, from: `revision ${entry.revision.slice(0, 12)} of the history` };
  }
  return null;
}

/**
 * Makes the kept configuration readable for this image, before the engine starts.
 * @param version of the image that runs
 * @throws Error when there is a configuration, but none that this image can read
 */
export function adoptState(stateDir: string, version: string, log: (text: string) => void): void {
  const boot = join(stateDir, 'boot.json');
  const before = readText(join(stateDir, 'image'));
  if (before !== version) {
    if (before !== null && VERSION_TEXT.test(before)) keepCopy(stateDir, before, version);
    writeDurably(join(stateDir, 'image'), version);
  }
  if (trouble(join(stateDir, 'running.json')) !== null) {
    // a window that was open on it can not go on
    removeDurably(join(stateDir, 'pending.json'));
    removeDurably(join(stateDir, 'running.json'));
  }
  const why = trouble(boot);
  if (why === null) return;
  const found = instead(stateDir, version);
  if (!found) throw new Error(`${boot}: ${why}; no other configuration can be read`);
  const message = `image ${version} can not read the kept configuration (${why}): back on ${found.from}`;
  log(message);
  const stored: Stored = { ...found.stored, time: Date.now(), actor: 'system', message };
  const store = new EngineStore(stateDir);
  store.setBoot(stored);
  store.remember(stored);
}
