/** The story of the product: from the setup token to a packet that passes, and back. */
import { expect, type Page, test } from '@playwright/test';
import { baseConfig } from '../lab/base-config.ts';
import { INTERNET } from '../lab/names.ts';
import { PAGE_URL, setUp, shoot, World } from './world.ts';

test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;
const internet = `http://${INTERNET.ip4}/`;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  // as delivered: addresses, and one zone that may reach the page
  world = await World.up(
    'story',
    baseConfig((config) => {
      config.zones = config.zones.filter((zone) => zone.name === 'lan');
      config.policies = [];
      config.nat.source = [];
      config.nat.destination = [];
    }),
  );
  const person = await world.browser.newContext({ viewport: { width: 1400, height: 900 } });
  page = await person.newPage();
});
test.afterAll(() => world?.down());

async function add(list: string, name: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${list}` }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
}

/** Chooses one entry of a list of names by keyboard. */
async function choose(label: string, entry: string): Promise<void> {
  const box = page.getByRole('combobox', { name: label, exact: true });
  await box.fill(entry);
  await box.press('Enter');
  await expect(page.getByRole('button', { name: `Remove ${entry} from ${label}` })).toBeVisible();
}

test('the console’s token makes the first administrator, once', async () => {
  const scanned = await world.browser.newPage();
  await scanned.goto(`${PAGE_URL}/setup#${world.appliance.setupToken()}`);
  await expect(scanned.getByLabel('Setup token')).toHaveValue(world.appliance.setupToken());
  await scanned.close();
  await setUp(page, world.appliance.setupToken());
  await shoot(page, 'overview-first');
  const second = await world.browser.newPage();
  await second.goto(`${PAGE_URL}/setup`);
  await expect(second.getByRole('heading', { name: /Log in/ })).toBeVisible();
  await second.close();
});

test('zones, a policy and NAT are drawn; nothing passes before the commit', async () => {
  await page.getByRole('link', { name: 'Zones' }).click();
  await add('zone', 'wan');
  await choose('Interfaces', 'wan0');
  await page.getByRole('link', { name: 'Policies' }).click();
  await add('policy', 'lan-to-internet');
  await choose('From zone', 'lan');
  await choose('To zone', 'wan');
  await page.getByRole('link', { name: 'NAT' }).click();
  await add('source NAT', 'behind-wan');
  await choose('To zone', 'wan');
  await choose('Source', 'any-ipv4');
  await expect(page.getByRole('button', { name: '3 changes' })).toBeVisible();
  await shoot(page, 'nat-draft');
  expect(await world.reaches('lan', internet)).toBe(false);
});

test('the draft survives a reload', async () => {
  await page.reload();
  await expect(page.getByRole('button', { name: '3 changes' })).toBeVisible();
});

test('a test is applied at once, seen in every browser, and kept', async () => {
  await page.getByRole('button', { name: '3 changes' }).click();
  await expect(page.getByText('Policy "lan-to-internet"').or(page.getByText('lan-to-internet')).first()).toBeVisible();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('Check passed')).toBeVisible();
  await shoot(page, 'commit-sheet');
  await page.getByRole('tab', { name: 'Side by side' }).click();
  await expect(page.getByRole('table', { name: 'Text, before and after' })).toContainText('lan-to-internet');
  await shoot(page, 'commit-text');
  await page.getByRole('textbox', { name: 'Message' }).fill('the home network may reach the internet');
  await page.getByRole('button', { name: 'Test for 5 min' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  const second = await page.context().newPage();
  await second.goto(PAGE_URL);
  await expect(second.getByRole('button', { name: /Testing/ })).toBeVisible();
  await second.close();
  expect(await world.reaches('lan', internet)).toBe(true);
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(page.getByText('No changes')).toBeVisible();
  expect(await world.reaches('lan', internet)).toBe(true);
});

test('the log names the rule, the sessions their translation', async () => {
  await page.getByRole('link', { name: 'Log', exact: true }).click();
  await expect(
    page.getByRole('table', { name: 'Log' }).getByRole('link', { name: 'lan-to-internet' }).first(),
  ).toBeVisible();
  await shoot(page, 'log');
  await page.getByRole('link', { name: 'Sessions' }).click();
  await expect(page.getByRole('table', { name: 'Sessions' })).toContainText(INTERNET.ip4);
  await shoot(page, 'sessions');
});

test('explain walks a packet through the pipeline', async () => {
  await page.getByRole('link', { name: 'Explain', exact: true }).click();
  await page.getByLabel('Paste a log line').fill(`10.10.0.10:4000 -> ${INTERNET.ip4}:443 tcp`);
  await page.getByLabel('Comes in on').selectOption('lan0');
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  const stages = page.getByRole('list', { name: 'Answer: stages' });
  await expect(stages).toContainText('Rule "lan-to-internet" permits');
  await expect(stages).toContainText('Rule "behind-wan" translates the source');
  await expect(page.getByText('Forwarded', { exact: true })).toBeVisible();
  await shoot(page, 'explain');
});

test('a roll back takes it away again', async () => {
  await page.getByRole('link', { name: 'History' }).click();
  const rows = page.getByRole('table', { name: 'Revisions' }).getByRole('row');
  await expect(rows.filter({ hasText: 'the home network may reach the internet' })).toBeVisible();
  await shoot(page, 'history');
  await rows.filter({ hasText: 'first administrator' }).getByRole('checkbox').check();
  await page.getByRole('button', { name: /Roll back/ }).click();
  await page.getByRole('button', { name: /Testing/ }).click();
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect.poll(() => world.reaches('lan', internet), { timeout: 15_000 }).toBe(false);
});

test('a change that locks this browser out undoes itself', async () => {
  test.setTimeout(150_000);
  await page.getByRole('link', { name: 'Zones' }).click();
  await page.getByRole('row', { name: /lan0/ }).click();
  await page.getByRole('checkbox', { name: 'web', exact: true }).uncheck();
  await page.getByRole('button', { name: '1 change', exact: true }).click();
  await page.getByLabel('Window').selectOption('1');
  await page.getByRole('button', { name: 'Test for 1 min' }).click();
  await expect.poll(() => world.reaches('lan', PAGE_URL), { timeout: 20_000 }).toBe(false);
  await expect(page.getByRole('button', { name: 'Keep', exact: true })).toBeDisabled();
  await expect.poll(() => world.reaches('lan', PAGE_URL), { timeout: 90_000 }).toBe(true);
  await page.goto(PAGE_URL);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
});
