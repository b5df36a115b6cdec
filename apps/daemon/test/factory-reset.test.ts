/** Factory reset: nothing without a request, what its scope names with one, and the same end after a power cut in the middle. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boxId, requestReset, resetIfAsked } from '../src/appliance/factory-reset.ts';

const FILES = ['boot.json', 'running.json', 'history/index.json', 'logins.json', 'key', 'ssh/host_ed25519', 'lock'];
let root: string;
let stateDir: string;
const lease = () => join(root, 'state-dhcp4', 'leases.csv');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-unit-'));
  stateDir = join(root, 'state');
  for (const path of [...FILES.map((name) => join(stateDir, name)), lease()]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
  }
});
afterEach(() => rmSync(root, { recursive: true }));

it('does nothing unless it was asked for', () => {
  const id = boxId(stateDir);
  expect(resetIfAsked(stateDir)).toBe(null);
  expect(FILES.every((name) => existsSync(join(stateDir, name)))).toBe(true);
  expect(boxId(stateDir)).toBe(id);
});

it('of the configuration leaves keys and leases', () => {
  const id = boxId(stateDir);
  requestReset(stateDir, 'configuration');
  expect(resetIfAsked(stateDir)).toBe('configuration');
  expect(readdirSync(stateDir).sort()).toEqual(['key', 'lock', 'ssh']);
  expect(existsSync(lease())).toBe(true);
  expect(boxId(stateDir)).not.toBe(id);
  expect(resetIfAsked(stateDir)).toBe(null);
});

it('of everything leaves nothing but the lock', () => {
  requestReset(stateDir, 'everything');
  expect(resetIfAsked(stateDir)).toBe('everything');
  expect(readdirSync(stateDir)).toEqual(['lock']);
  expect(existsSync(lease())).toBe(false);
  expect(existsSync(dirname(lease()))).toBe(true);
});

it('goes on after a power cut in the middle', () => {
  requestReset(stateDir, 'everything');
  rmSync(join(stateDir, 'boot.json'));
  rmSync(join(stateDir, 'key'));
  expect(resetIfAsked(stateDir)).toBe('everything');
  expect(readdirSync(stateDir)).toEqual(['lock']);
});
