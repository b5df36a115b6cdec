/** A backup of one box, restored on another: what ran there runs here, and the old password logs in. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { useAppliance } from './fixture.ts';

const PASSPHRASE = 'seven steps of the stair';
const PASSWORD = 'correct horse battery';
const old = useAppliance('backup', baseConfig());
const fresh = useAppliance('restore', baseConfig());
const login = (password: string) => fresh.appliance.client.auth.login.mutate({ username: 'anna', password });

it('moves a configuration with its secrets, and applies nothing by itself', async () => {
  const setupToken = old.appliance.setupToken();
  await old.appliance.client.auth.setup.mutate({ setupToken, username: 'anna', password: PASSWORD });
  const { config } = await old.appliance.client.config.running.query();
  await old.appliance.commit({ ...config, system: { ...config.system, hostName: 'moved-box' } });
  const file = join(old.lab.directory, 'box.backup');

  const short = await old.appliance.cli(['backup', file], { input: 'short\n' });
  expect([short.status, existsSync(file)]).toEqual([1, false]);
  const made = await old.appliance.cli(['backup', file], { input: `${PASSPHRASE}\n` });
  expect(made.stderr).toBe('');
  expect(made.status).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const before = await fresh.appliance.client.config.running.query();
  const wrong = await fresh.appliance.cli(['restore', file], { input: `${PASSPHRASE}.\n` });
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toContain('the passphrase is wrong');
  const cut = join(old.lab.directory, 'cut.backup');
  writeFileSync(cut, readFileSync(file).subarray(0, -1));
  expect((await fresh.appliance.cli(['restore', cut], { input: `${PASSPHRASE}\n` })).stderr).toContain('is cut off');

  const restored = await fresh.appliance.cli(['restore', file], { input: `${PASSPHRASE}\n` });
  expect(restored.status).toBe(0);
  expect((await fresh.appliance.client.config.running.query()).revision).toBe(before.revision);
  await expect(login(PASSWORD)).rejects.toThrow();

  const draft = join(fresh.lab.directory, 'restored.json');
  writeFileSync(draft, restored.stdout);
  expect((await fresh.appliance.cli(['commit', draft])).status).toBe(0);
  expect((await fresh.appliance.client.config.running.query()).config.system.hostName).toBe('moved-box');
  expect((await login(PASSWORD)).token).toBeTruthy();
  await expect(login(`${PASSWORD}s`)).rejects.toThrow();
});
