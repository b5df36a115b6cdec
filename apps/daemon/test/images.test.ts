/** The image changes forth and back over one state directory: each comes up on a configuration that it can read. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@gatehouse/config';
import { revisionOf } from '@gatehouse/config/revision';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adoptState } from '../src/engine/images.ts';
import { EngineStore, type Stored } from '../src/engine/store.ts';

let directory: string;
let said: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gh-unit-'));
  said = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const start = (version: string) => adoptState(directory, version, (text) => said.push(text));

function stored(hostName: string): Stored {
  const parsed = parseConfig({ system: { hostName } });
  if (!parsed.ok) throw new Error('test configuration');
  return { revision: revisionOf(parsed.config), config: parsed.config, time: 1, actor: 'admin', message: '' };
}

function keep(hostName: string): void {
  const store = new EngineStore(directory);
  store.setBoot(stored(hostName));
  store.setRunning(stored(hostName));
  store.remember(stored(hostName));
}

/** As an image writes that knows more than this one. */
function keepOfTomorrow(): void {
  for (const name of ['boot.json', 'running.json']) {
    const { config, ...rest } = stored('tomorrow');
    writeFileSync(join(directory, name), JSON.stringify({ ...rest, config: { ...config, teleport: true } }));
  }
  writeFileSync(join(directory, 'pending.json'), JSON.stringify({ transaction: 'one' }));
}

const hostName = () => new EngineStore(directory).boot()?.config.system.hostName;
const copies = () => readdirSync(join(directory, 'images')).sort();

it('a newer image goes on with what the older one kept, and the older one has a copy', () => {
  start('0.1.0');
  keep('before');
  start('0.2.0');
  expect(hostName()).toBe('before');
  expect(copies()).toEqual(['0.1.0.json']);
  expect(said).toEqual([]);
});

it('an older image that can not read what a newer one kept is back on its own, and says so in the history', () => {
  start('0.1.0');
  keep('before');
  start('0.2.0');
  keepOfTomorrow();
  start('0.1.0');
  expect(hostName()).toBe('before');
  const store = new EngineStore(directory);
  expect([store.running(), store.pending()]).toEqual([null, null]);
  expect(store.history()[0]?.message).toMatch(
    /^image 0\.1\.0 can not read the kept configuration \(.*teleport.*\): back on what 0\.1\.0 ran before$/,
  );
  // what the newer one kept is not lost
  expect(JSON.parse(readFileSync(join(directory, 'images/0.2.0.json'), 'utf8')).config.teleport).toBe(true);
});

it('an older image that can read what a newer one kept goes on with it', () => {
  start('0.1.0');
  keep('before');
  start('0.2.0');
  keep('changed-meanwhile');
  start('0.1.0');
  expect(hostName()).toBe('changed-meanwhile');
});

it('a kept configuration that is no JSON any more gives way to the newest of the history that is', () => {
  start('0.1.0');
  keep('older');
  keep('newer');
  writeFileSync(join(directory, 'boot.json'), '{"config": {"sys');
  start('0.1.0');
  expect(hostName()).toBe('newer');
  expect(said[0]).toMatch(/back on revision [0-9a-f]{12} of the history$/);
});

it('when nothing can be read the start says which file, and removes nothing', () => {
  start('0.1.0');
  keepOfTomorrow();
  expect(() => start('0.1.0')).toThrow(/boot\.json: .*teleport.*; no other configuration can be read/);
  expect(existsSync(join(directory, 'boot.json'))).toBe(true);
});

it('another image that finds no configuration, as after a factory reset, starts all the same', () => {
  start('0.1.0');
  expect(() => start('0.2.0')).not.toThrow();
  expect(hostName()).toBeUndefined();
});

it('copies of images that are long gone are removed', () => {
  start('0.1.0');
  keep('one');
  for (const version of ['0.2.0', '0.10.0', '0.3.0', '0.11.0']) start(version);
  expect(copies()).toEqual(['0.10.0.json', '0.3.0.json']);
});
