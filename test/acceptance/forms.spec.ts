/** The forms of the configuration by mouse and keyboard: choices, names, order, the way back. Nothing is committed. */
import { expect, type Page, test } from '@playwright/test';
import { baseConfig } from '../lab/base-config.ts';
import { PAGE_URL, setUp, World } from './world.ts';

test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  world = await World.up(
    'forms',
    baseConfig((config) => {
      config.addresses.push({ id: 'srv', name: 'srv', type: 'host', address: '10.20.0.20' });
      config.addresses.push({ id: 'srv2', name: 'srv2', type: 'host', address: '10.20.0.21' });
      for (const policy of config.policies) if (policy.name === 'lan-ping-dmz') policy.destination = ['srv2'];
    }),
  );
  page = await world.browser.newPage({ viewport: { width: 1400, height: 900 } });
  await setUp(page, world.appliance.setupToken());
});
test.afterAll(() => world?.down());

const rows = () => page.getByRole('table', { name: 'Policies' }).locator('tbody tr');
const nameField = () => page.getByRole('textbox', { name: 'Name', exact: true });

test('a policy is reached, opened and left by keyboard', async () => {
  await page.goto(`${PAGE_URL}/policies`);
  await rows().first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(nameField()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(rows().nth(1)).toBeFocused();
  await expect(nameField()).toBeHidden();
});

test('choices: part of a name, a literal, the mouse', async () => {
  await page.getByRole('button', { name: 'Add policy' }).click();
  await expect(nameField()).toHaveValue('new-policy');
  const from = page.getByRole('combobox', { name: 'From zone' });
  await from.fill('la');
  await from.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove lan from From zone' })).toBeVisible();
  const source = page.getByRole('combobox', { name: 'Source' });
  await source.fill('10.0.0.0/8');
  await source.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove 10.0.0.0/8 from Source' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Application' }).click();
  await page.getByRole('option', { name: 'https', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Remove https from Application' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No changes')).toBeVisible();
});

test('a name that is taken is refused; a rename takes references along, and back', async () => {
  await page.goto(`${PAGE_URL}/objects?object=srv2`);
  await nameField().fill('srv');
  await expect(page.getByText('srv is taken. Choose another name.')).toBeVisible();
  await expect(page.getByText('No changes')).toBeVisible();
  await nameField().fill('mail');
  await nameField().press('Tab');
  await page.getByRole('link', { name: 'Policy lan-ping-dmz' }).click();
  await expect(page.getByRole('button', { name: 'Remove mail from Destination' })).toBeVisible();
  await page.goBack();
  await page.getByRole('button', { name: 'Undo changes' }).click();
  await expect(nameField()).toHaveValue('srv2');
  await expect(page.getByText('No changes')).toBeVisible();
});

test('what is used is not deleted', async () => {
  await page.goto(`${PAGE_URL}/objects?object=srv2`);
  await expect(page.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await page.goto(`${PAGE_URL}/objects?object=srv`);
  await expect(page.getByRole('button', { name: 'Delete' })).toBeEnabled();
});

test('NAT rules are ordered', async () => {
  await page.goto(`${PAGE_URL}/nat`);
  await page.getByRole('button', { name: 'Add source NAT' }).click();
  await page.getByRole('button', { name: 'Move up' }).click();
  const first = page.getByRole('table', { name: 'Source NAT' }).locator('tbody tr').first();
  await expect(first).toContainText('new-source-nat');
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(first).not.toContainText('new-source-nat');
});

test('a reload right after an edit loses nothing', async () => {
  await page.goto(`${PAGE_URL}/settings`);
  await page.getByLabel('Login banner').fill('authorised use only');
  await page.reload();
  await expect(page.getByLabel('Login banner')).toHaveValue('authorised use only');
});
