/** HTTPS is switched on in the browser: tried beside the plain page, kept, and the person is where the page is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS } from '../lab/names.ts';
import { PAGE_URL, setUp, shoot, World } from './world.ts';

test.describe.configure({ mode: 'serial' });

const SECURE = `https://${HOSTS.lan.gateway4}`;
let world: World;
let person: BrowserContext;
let page: Page;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  world = await World.up('tls-page', baseConfig());
  // as a person who has looked at the fingerprint
  person = await world.browser.newContext({ viewport: { width: 1400, height: 900 }, ignoreHTTPSErrors: true });
  page = await person.newPage();
  await setUp(page, world.appliance.setupToken());
});
test.afterAll(() => world?.down());

test('tested, the page is at both addresses; kept, the person is at the new one and still logged in', async () => {
  await page.goto(`${PAGE_URL}/settings`);
  await page.getByRole('group', { name: 'TLS' }).getByLabel('On').check();
  await page.getByRole('button', { name: '1 change', exact: true }).click();
  await page.getByRole('button', { name: /Test for/ }).click();
  await expect(page.getByRole('link', { name: `${SECURE}/settings` })).toBeVisible();
  await shoot(page, 'tls-tested');
  const other = await person.newPage();
  await other.goto(`${SECURE}/settings`);
  await expect(other.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await other.close();
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await page.waitForURL(`${SECURE}/settings`);
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
});

test('a login over HTTPS is no longer taken along over HTTP', async () => {
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL(/login/);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();
  const cookies = await person.cookies();
  expect(cookies.map(({ name, secure }) => [name, secure])).toEqual([['__Host-gh_session', true]]);
  expect(new URL(page.url()).origin).toBe(SECURE);
});

test('a certificate is pasted, its key sealed, and the page shows it', async () => {
  const { lab } = world;
  const [key, pem] = [join(lab.directory, 'own.key'), join(lab.directory, 'own.pem')];
  await lab.exec('lan', [
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90'],
    ...['-subj', '/CN=box.test', '-addext', 'subjectAltName=DNS:box.test', '-keyout', key, '-out', pem],
  ]);
  await page.goto(`${SECURE}/certificates`);
  await expect(page.getByText('This box itself')).toBeVisible();
  await page.getByRole('button', { name: 'Add certificate' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('own');
  await page.getByRole('textbox', { name: 'Certificate', exact: true }).fill(readFileSync(key, 'utf8'));
  await expect(page.getByText('contains a private key', { exact: false })).toBeVisible();
  await page.getByRole('textbox', { name: 'Certificate', exact: true }).fill(readFileSync(pem, 'utf8'));
  await page.getByRole('textbox', { name: 'Private key' }).fill(readFileSync(key, 'utf8'));
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await expect(page.getByText('A private key is set.', { exact: false })).toBeVisible();
  await shoot(page, 'certificates');
  await page.goto(`${SECURE}/settings`);
  await page.getByRole('group', { name: 'TLS' }).getByLabel('Certificate').selectOption('own');
  await page.getByRole('button', { name: '2 changes', exact: true }).click();
  await page.getByRole('button', { name: /Keep now/ }).click();
  await expect(page.getByText('No changes')).toBeVisible();
  await page.goto(`${SECURE}/certificates`);
  await expect(page.getByText('CN=box.test').first()).toBeVisible();
  await shoot(page, 'certificates-own');
});
