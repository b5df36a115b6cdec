/** The box as a machine: no image in the lab, no reboot; a backup that goes out and comes back as a draft. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS } from '../lab/names.ts';
import { PAGE_URL, setUp, shoot, World } from './world.ts';

test.describe.configure({ mode: 'serial' });

const PASSPHRASE = 'seven steps of the stair';
let world: World;
let desk: BrowserContext;
let page: Page;
let backup: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  world = await World.up('system', baseConfig());
  desk = await world.browser.newContext({ viewport: { width: 1400, height: 900 } });
  page = await desk.newPage();
  await setUp(page, world.appliance.setupToken());
});
test.afterAll(async () => {
  await world?.down();
});

test('health stands there; there is no image, and the page says so', async () => {
  await page.goto(`${PAGE_URL}/system`);
  await expect(page.getByRole('table', { name: 'Health' }).getByText('dataplane')).toBeVisible();
  await expect(page.getByText('No image here')).toBeVisible();
});

test('a reboot asks first, and is refused where there is no appliance', async () => {
  await page.getByRole('button', { name: 'Reboot' }).click();
  await expect(page.getByRole('dialog', { name: 'Reboot this box?' })).toBeVisible();
  await page.getByRole('button', { name: 'Reboot now' }).click();
  await expect(page.getByRole('alert').getByText('this is no appliance')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('an update file goes to the daemon, from the page only', async () => {
  const answer = await page.evaluate(async () => {
    const response = await fetch('/api/update', { method: 'PUT', body: new Blob([new Uint8Array(20 << 20)]) });
    return { status: response.status, body: await response.json() };
  });
  expect(answer).toEqual({
    status: 412,
    body: { error: 'this is no appliance: update the program instead' },
  });
  const session = (await desk.cookies()).find((cookie) => cookie.name === 'gh_session')?.value;
  const put = async (...headers: string[]) =>
    (
      await world.lab.tryExec('lan', [
        ...['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-X', 'PUT', '--data-binary', 'file'],
        ...headers.flatMap((header) => ['-H', header]),
        `http://${HOSTS.lan.gateway4}:8080/api/update`,
      ])
    ).stdout;
  const cookie = `Cookie: gh_session=${session}`;
  expect(await put(cookie, `Origin: ${PAGE_URL}`)).toBe('412');
  expect(await put(cookie)).toBe('403');
  expect(await put(cookie, 'Origin: http://evil.example')).toBe('403');
  expect(await put(`Origin: ${PAGE_URL}`)).toBe('401');
});

test('a backup is downloaded', async () => {
  await page.getByLabel('Passphrase for the backup').fill(PASSPHRASE);
  await page.getByLabel('Once more').fill(PASSPHRASE);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download backup' }).click(),
  ]);
  backup = join(world.lab.directory, 'page.backup');
  await download.saveAs(backup);
  expect(readFileSync(backup).subarray(0, 8).toString()).toBe('GHBACKUP');
});

test('it comes back as a draft; a wrong passphrase and a damaged file do not', async () => {
  const { client } = world.appliance;
  const { config } = await client.config.running.query();
  await world.appliance.commit({ ...config, system: { ...config.system, hostName: 'changed-since' } });
  const { revision } = await client.config.running.query();
  await page.reload();
  const restore = async (file: string, passphrase: string) => {
    await page.getByLabel('Backup file').setInputFiles(file);
    await page.getByLabel('Passphrase of the backup').fill(passphrase);
    await page.getByRole('button', { name: 'Restore into the draft' }).click();
  };
  await restore(backup, `${PASSPHRASE}.`);
  await expect(page.getByText('the passphrase is wrong')).toBeVisible();
  const damaged = join(world.lab.directory, 'damaged.backup');
  const bytes = readFileSync(backup);
  bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
  writeFileSync(damaged, bytes);
  await restore(damaged, PASSPHRASE);
  await expect(page.getByText('the file was altered')).toBeVisible();
  await restore(backup, PASSPHRASE);
  await expect(page.getByText(/The backup is your draft: [1-9]\d* change/)).toBeVisible();
  await shoot(page, 'system-restored');
  expect((await client.config.running.query()).revision).toBe(revision);
});

test('a support bundle is downloaded', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download support bundle' }).click(),
  ]);
  const bundle = join(world.lab.directory, 'support.tar.gz');
  await download.saveAs(bundle);
  const names = (await world.lab.exec('lan', ['tar', '-tzf', bundle])).trim().split('\n');
  const there = ['status.json', 'configuration.json', 'counters.json', 'interfaces.json', 'routes4.txt', 'routes6.txt'];
  expect(names).toEqual(expect.arrayContaining(there.map((name) => `gatehouse/${name}`)));
  // the lab has no unit of ours: the reason stands in the journal's place
  expect(names.some((name) => name.startsWith('gatehouse/journal.txt'))).toBe(true);
});

test('a factory reset wants the host name; afterwards drafts and history are gone', async () => {
  const revisions = page.getByRole('table', { name: 'Revisions' }).locator('tbody tr');
  await page.goto(`${PAGE_URL}/history`);
  await expect(revisions).toHaveCount(3);
  await page.goto(`${PAGE_URL}/system`);
  await page.getByRole('button', { name: 'Factory reset…' }).click();
  await page.getByLabel('What is removed').selectOption('everything');
  const now = page.getByRole('button', { name: 'Reset now' });
  await page.getByLabel('Host name of this box').fill('changed-sinc');
  await expect(now).toBeDisabled();
  await page.getByLabel('Host name of this box').fill('changed-since');
  await shoot(page, 'system-reset');
  await now.click();
  await expect(page.getByText('The reset is asked for')).toBeVisible();
  await world.appliance.stopDaemon();
  await world.appliance.startDaemon(baseConfig());
  await setUp(page, world.appliance.setupToken());
  await page.goto(`${PAGE_URL}/history`);
  await expect(revisions).toHaveCount(2);
  await expect(page.getByRole('button', { name: /^\d+ changes?$/ })).toHaveCount(0);
});
