/** Every page: opens without an error, is accessible, fits a phone; screenshots are kept in artifacts/screens. */
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { startTraffic } from '../lab/background.ts';
import { baseConfig } from '../lab/base-config.ts';
import { PAGE_URL, setUp, shoot, World } from './world.ts';

test.describe.configure({ mode: 'serial' });

let world: World;
let desk: BrowserContext;
let page: Page;
let stopTraffic: () => Promise<void>;
const troubles: string[] = [];

const PAGES: readonly [path: string, heading: string][] = [
  ['', 'Overview'],
  ['interfaces', 'Interfaces'],
  ['zones', 'Zones'],
  ['dhcp', 'DHCP'],
  ['routing', 'Routing'],
  ['dns', 'DNS'],
  ['time', 'Time'],
  ['matrix', 'Matrix'],
  ['policies', 'Policies'],
  ['objects', 'Objects'],
  ['nat', 'NAT'],
  ['screens', 'Screens'],
  ['sessions', 'Sessions'],
  ['log', 'Log'],
  ['explain', 'Explain'],
  ['system', 'System'],
  ['history', 'History'],
  ['users', 'Users'],
  ['settings', 'Settings'],
];

/** What goes wrong in a page's scripts. */
function watch(target: Page): void {
  target.on('pageerror', (error) => troubles.push(`${target.url()}: ${error.message}`));
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  world = await World.up('pages', baseConfig());
  stopTraffic = startTraffic(world.lab);
  desk = await world.browser.newContext({ viewport: { width: 1400, height: 900 } });
  page = await desk.newPage();
  watch(page);
  await setUp(page, world.appliance.setupToken());
});
test.afterAll(async () => {
  await stopTraffic?.();
  await world?.down();
});

for (const [path, heading] of PAGES)
  test(`${heading} opens and has no accessibility violation, light and dark`, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${PAGE_URL}/${path}`);
      await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
      await expect(page.getByText('healthy')).toBeVisible();
      // what comes by a stream is there after its first value
      await page.waitForTimeout(1200);
      await shoot(page, `${path || 'overview'}-${colorScheme}`);
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze();
      expect(violations.map((item) => `${item.id}: ${item.nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
    }
    expect(troubles).toEqual([]);
  });

test('every page fits a phone', async () => {
  const context = await world.browser.newContext({
    viewport: { width: 390, height: 844 },
    storageState: await desk.storageState(),
  });
  const phone = await context.newPage();
  watch(phone);
  for (const [path, heading] of PAGES) {
    await phone.goto(`${PAGE_URL}/${path}`);
    await expect(phone.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
    await phone.waitForTimeout(500);
    await shoot(phone, `${path || 'overview'}-phone`);
    const wide = await phone.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(wide, `${heading} is wider than the phone`).toBe(0);
  }
  await phone.getByRole('button', { name: 'More' }).click();
  await expect(phone.getByRole('link', { name: 'Settings' })).toBeVisible();
  expect(troubles).toEqual([]);
  await context.close();
});

const order = () =>
  page
    .getByRole('table', { name: 'Policies' })
    .locator('tbody tr td:nth-child(4)')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent?.trim().split(' ')[0]));

test('policies are ordered by keyboard and by dragging', async () => {
  await page.goto(`${PAGE_URL}/policies`);
  const rows = page.getByRole('table', { name: 'Policies' }).locator('tbody tr');
  await expect(rows).toHaveCount(5);
  const first = (await order())[0];
  await rows.first().focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(async () => (await order())[1]).toBe(first);
  await expect(page.getByRole('button', { name: '1 change', exact: true })).toBeVisible();
  // and back by the mouse
  const handle = page.getByRole('button', { name: `Drag ${first}` });
  const target = await rows.first().boundingBox();
  await handle.hover();
  await page.mouse.down();
  await page.mouse.move((target?.x ?? 0) + 10, (target?.y ?? 0) + 4, { steps: 12 });
  await page.mouse.up();
  await expect.poll(async () => (await order())[0]).toBe(first);
  await expect(page.getByText('No changes')).toBeVisible();
});

test('what is wrong stands at its field, with the value’s remedy, and can not be committed', async () => {
  await page.goto(`${PAGE_URL}/interfaces`);
  await page.getByRole('row', { name: /lan0/ }).click();
  const addresses = page.getByRole('combobox', { name: 'Addresses' });
  await addresses.fill('10.10.0.300/24');
  await addresses.press('Enter');
  await expect(page.getByText('Write for example 192.0.2.1/24.')).toBeVisible();
  await page.getByRole('button', { name: '1 change', exact: true }).click();
  await expect(page.getByRole('button', { name: /Test for/ })).toBeDisabled();
  await shoot(page, 'error-at-field');
  await page.getByRole('button', { name: 'Discard all' }).click();
  await expect(page.getByText('No changes')).toBeVisible();
});

test('a drop in the log leads to its explanation, and to a rule for it', async () => {
  await page.goto(`${PAGE_URL}/log?kind=drop&reason=default-deny`);
  const row = page.getByRole('table', { name: 'Log' }).locator('tbody tr').first();
  await expect(row).toContainText('default-deny');
  await row.getByRole('link', { name: 'Explain' }).click();
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await expect(page.getByText('No policy matches: the default denies.')).toBeVisible();
  await page.goBack();
  await row.getByRole('button', { name: 'Make a rule' }).click();
  await expect(page.getByRole('button', { name: '1 change', exact: true })).toBeVisible();
  await expect(page.getByLabel('Description')).toHaveValue(/default-deny/);
  await page.getByRole('button', { name: '1 change', exact: true }).click();
  await page.getByRole('button', { name: 'Discard all' }).click();
});

test('sessions are cleared after a question that says how many', async () => {
  await page.goto(`${PAGE_URL}/sessions?protocol=udp`);
  await page.getByRole('button', { name: 'Clear these…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('protocol udp');
  await dialog.getByRole('button', { name: /Clear \d+ sessions/ }).click();
  await expect(dialog).toBeHidden();
});

test('search finds pages and objects by keyboard', async () => {
  await page.goto(`${PAGE_URL}/`);
  await expect(page.getByText('healthy')).toBeVisible();
  await page.keyboard.press('/');
  await page.getByLabel('Search pages and objects').fill('dmz-dns');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/policies\?object=dmz-dns/);
});

test('without a login there is nothing but the login page', async () => {
  const stranger = await (await world.browser.newContext()).newPage();
  await stranger.goto(`${PAGE_URL}/policies`);
  await expect(stranger.getByRole('heading', { name: /Log in/ })).toBeVisible();
  await stranger.getByLabel('User name').fill('admin');
  await stranger.getByLabel('Password').fill('not the password');
  await stranger.getByRole('button', { name: 'Log in' }).click();
  await expect(stranger.getByRole('alert').first()).toContainText(/user name or password|wrong/i);
  await stranger.getByLabel('Password').fill('correct horse battery');
  await stranger.getByRole('button', { name: 'Log in' }).click();
  await expect(stranger).toHaveURL(/policies/);
  await stranger.getByRole('button', { name: 'Log out' }).click();
  await expect(stranger.getByRole('heading', { name: /Log in/ })).toBeVisible();
  await stranger.goto(`${PAGE_URL}/policies`);
  await expect(stranger.getByRole('heading', { name: /Log in/ })).toBeVisible();
});
