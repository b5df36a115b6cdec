import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyConfig } from '@gatehouse/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DirectServices } from '../src/process/services/direct.ts';
import { RenderedSubsystem } from '../src/subsystems/rendered.ts';
import { PrepareError } from '../src/subsystems/subsystem.ts';

let directory: string;
let services: DirectServices;
let subsystem: RenderedSubsystem<string>;
let reloads: number;
let checks: number;

/** `tail -f` on its file: ends at once when the file is missing. */
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-rendered-'));
  services = new DirectServices(join(directory, 'services'), () => {});
  reloads = 0;
  checks = 0;
  subsystem = make('words');
});
afterEach(async () => {
  await subsystem.apply(null);
  services.close();
  rmSync(directory, { recursive: true });
});

function make(file: string): RenderedSubsystem<string> {
  const place = join(directory, 'follow');
  return new RenderedSubsystem<string>({
    name: 'follow',
    services,
    directory: place,
    service: { name: 'follow', program: '/usr/bin/tail', args: ['-f', '--', join(place, file)] },
    plan: (config) => ({
      ok: true,
      plan: config.system.hostName === 'off' ? null : config.system.hostName,
      warnings: [],
    }),
    render: (plan, where) => new Map([['words', `${plan} in ${where}\n`]]),
    check: async (plan, where) => {
      checks += 1;
      if (!readFileSync(join(where, 'words'), 'utf8').startsWith(`${plan} in ${where}`))
        throw new Error('not rendered');
      if (plan === 'bad') throw new PrepareError([]);
    },
    reload: async (_, after) => {
      reloads += 1;
      return !after.get('words')?.startsWith('restart');
    },
  });
}

const service = () => ({ name: 'follow', program: '/usr/bin/tail', args: [] });
const words = () => readFileSync(join(directory, 'follow/words'), 'utf8');

test('a service is started with its files, left alone when nothing changed, and stopped', async () => {
  const undo = await subsystem.apply(await subsystem.prepare('one'));
  const pid = await services.pid(service());
  expect(pid).not.toBe(null);
  expect(await subsystem.verify('one')).toEqual([]);
  expect((await subsystem.verify(null)).length).toBe(1);
  await subsystem.apply(await subsystem.prepare('one'));
  expect(await services.pid(service())).toBe(pid);
  expect(reloads).toBe(0);
  expect(checks).toBe(1); // what was taken is not asked again
  await undo();
  expect(await services.pid(service())).toBe(null);
  expect(await subsystem.verify(null)).toEqual([]);
  expect((await subsystem.status()).message).toMatch(/^off/);
});

test('a change is taken by reload, or by a restart where it must; undo brings the old files back', async () => {
  await subsystem.apply(await subsystem.prepare('one'));
  const pid = await services.pid(service());
  const undo = await subsystem.apply(await subsystem.prepare('two'));
  expect(await services.pid(service())).toBe(pid);
  expect(words()).toMatch(/^two/);
  await undo();
  expect(words()).toMatch(/^one/);
  await subsystem.apply(await subsystem.prepare('restart'));
  expect(await services.pid(service())).not.toBe(pid);
});

test('the next daemon leaves a service alone, and starts it again when it ends', async () => {
  await subsystem.apply(await subsystem.prepare('one'));
  const pid = await services.pid(service());
  services.close();
  services = new DirectServices(join(directory, 'services'), () => {});
  subsystem = make('words');
  await subsystem.apply(await subsystem.prepare('one'));
  expect(await services.pid(service())).toBe(pid);
  process.kill(pid as number, 'SIGKILL');
  await vi.waitFor(async () => expect([null, pid]).not.toContain(await services.pid(service())), { timeout: 5000 });
});

test('what the checker refuses touches neither the files nor the service', async () => {
  await subsystem.apply(await subsystem.prepare('one'));
  const pid = await services.pid(service());
  await expect(subsystem.prepare('bad')).rejects.toThrow(PrepareError);
  expect(words()).toMatch(/^one/);
  expect(await services.pid(service())).toBe(pid);
});

test('a service that does not come up leaves what was', async () => {
  await expect(make('missing').apply(await subsystem.prepare('one'))).rejects.toThrow(/ended at once/);
  expect(() => words()).toThrow(/ENOENT/);
  expect(await services.pid(service())).toBe(null);
});

test('a configuration that does not use the service plans it off', () => {
  const config = emptyConfig();
  config.system.hostName = 'off';
  expect(subsystem.plan(config, { interfaces: [] })).toEqual({ ok: true, plan: null, warnings: [] });
});
