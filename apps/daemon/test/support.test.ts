/** The support bundle: tar reads it, and no canary stands in it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyConfig } from '@gatehouse/config';
import { afterAll, expect, it } from 'vitest';
import type { Services } from '../src/api/trpc.ts';
import { Sealer } from '../src/auth/seal.ts';
import { supportBundle } from '../src/support/bundle.ts';

const directory = mkdtempSync(join(tmpdir(), 'gh-unit-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('holds what helps and no secret, wherever it stood', async () => {
  const sealed = new Sealer(directory).seal('canary-of-a-hash');
  const user = { id: 'anna', name: 'anna', role: 'administrator' as const, disabled: false, passwordHash: sealed };
  const services = {
    version: '1.2.3',
    startedAt: 0,
    engine: {
      running: () => ({ revision: '', config: { ...emptyConfig(), users: [user] } }),
      state: () => ({}),
      history: () => [{ message: `setup token: CANARY-TOKEN, ${sealed}` }],
    },
    dataplane: { counters: () => Promise.reject(new Error(`no counters: ${sealed}`)) },
    subsystemStatus: async () => [],
    readInterfaces: async () => [],
  } as unknown as Services;
  const file = join(directory, 'bundle.tar.gz');
  writeFileSync(file, await supportBundle(services));
  const unpacked = spawnSync('/usr/bin/tar', ['-xzf', file, '-C', directory], { encoding: 'utf8' });
  expect([unpacked.status, unpacked.stderr]).toEqual([0, '']);
  const at = (name: string) => readFileSync(join(directory, 'gatehouse', name), 'utf8');
  const all = readdirSync(join(directory, 'gatehouse')).map(at).join('');
  expect(JSON.parse(at('configuration.json')).users[0]).toEqual({ ...user, passwordHash: '[removed]' });
  expect(at('status.json')).toContain('1.2.3');
  expect(at('counters.json.missing')).toBe('no counters: [removed]\n');
  for (const canary of ['canary', 'CANARY', sealed, sealed.split(':')[2] ?? sealed]) expect(all).not.toContain(canary);
});
