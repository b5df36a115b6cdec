/** A scope made in the browser serves a real client; its lease is seen at once, reserved in the draft, and ended. */
import { expect, type Page, test } from '@playwright/test';
import { baseConfig } from '../lab/base-config.ts';
import { dhcp4, macOf } from '../lab/dhcp-client.ts';
import { provide } from '../lab/provider.ts';
import { PAGE_URL, setUp, shoot, World } from './world.ts';

/** The address that the provider gives. */
const PROVIDED = '203.0.113.50';

test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  world = await World.up(
    'dhcp-page',
    baseConfig((config) => {
      config.zones[1]?.hostInbound.push('dhcp');
      for (const item of config.interfaces)
        if (item.name === 'wan0') Object.assign(item, { ipv4: 'dhcp', addresses: [] });
      config.routes = [];
      Object.assign(config, { dhcpServer: { ipv4: [{ name: 'lan', interface: 'lan0' }] } });
    }),
  );
  page = await world.browser.newPage({ viewport: { width: 1400, height: 900 } });
  await setUp(page, world.appliance.setupToken());
});
test.afterAll(() => world?.down());

test('a new scope is for the network that has none; what it still needs stands at its field', async () => {
  await page.goto(`${PAGE_URL}/dhcp`);
  await page.getByRole('button', { name: 'Add DHCP scope', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('dmz0');
  await expect(page.getByRole('button', { name: 'Remove 10.20.0.100-10.20.0.199 from Ranges' })).toBeVisible();
  await expect(page.getByText('Add dns to the services of the box of zone dmz.')).toBeVisible();
  const servers = page.getByRole('combobox', { name: 'DNS servers' });
  await servers.fill('10.20.0.10');
  await servers.press('Enter');
  await expect(page.getByText('Add dns to the services of the box of zone dmz.')).toBeHidden();
  await page.getByLabel('Gateway').fill('10.21.0.1');
  await expect(page.getByText('is not inside of 10.20.0.0/24', { exact: false })).toBeVisible();
  await page.getByLabel('Gateway').fill('');
  await page.getByRole('button', { name: 'Add option' }).click();
  await page.getByRole('combobox', { name: 'Option' }).fill('interface-mtu');
  await page.getByLabel('Value', { exact: true }).fill('wide');
  await expect(page.getByText('Write a number from 0 to 65535.', { exact: false })).toBeVisible();
  await page.getByLabel('Value', { exact: true }).fill('1400');
  await shoot(page, 'dhcp-scope');
});

test('committed, it serves; the lease is seen, reserved and ended', async () => {
  await page.getByRole('button', { name: '1 change', exact: true }).click();
  await page.getByRole('button', { name: /Keep now/ }).click();
  await expect(page.getByText('No changes')).toBeVisible();
  await page.goto(`${PAGE_URL}/dhcp?kind=leases`);
  await expect(page.getByText('No leases')).toBeVisible();
  const told = await dhcp4(world.lab, 'dmz', ['-x', 'hostname:scanner', '-O', 'mtu']);
  expect(told).toMatchObject({ dns: '10.20.0.10', mtu: '1400', router: '10.20.0.1' });
  const row = page.getByRole('table', { name: 'Leases' }).locator('tbody tr');
  await expect(row).toContainText(told?.ip as string);
  await expect(row).toContainText('scanner');
  await shoot(page, 'dhcp-leases');
  await page.getByLabel('Filter leases').fill('nobody');
  await expect(page.getByText('No lease matches')).toBeVisible();
  await page.getByLabel('Filter leases').fill('scan');
  await row.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('button', { name: '1 change', exact: true })).toBeVisible();
  await row.getByRole('link', { name: 'scanner' }).click();
  await expect(page.getByLabel('MAC address')).toHaveValue(await macOf(world.lab, 'dmz'));
  await shoot(page, 'dhcp-reservation');
  await page.getByRole('tab', { name: /Leases/ }).click();
  await row.getByRole('button', { name: 'Release' }).click();
  await expect(page.getByText('No leases')).toBeVisible();
});

test('what the provider gives stands at the interface, and is asked for anew at a press', async () => {
  await page.goto(`${PAGE_URL}/interfaces`);
  const row = page.getByRole('table', { name: 'Given by the network' }).locator('tbody tr');
  await expect(row).toContainText('wan0');
  await provide(world.lab, PROVIDED);
  await row.getByRole('button', { name: 'Renew wan0' }).click();
  await expect(row).toContainText(PROVIDED, { timeout: 30_000 });
  await expect(row).toContainText('9.9.9.9');
  await expect(page.getByRole('table', { name: 'Interfaces' })).toContainText(`${PROVIDED}/24 given`);
  await shoot(page, 'interfaces-given');
});
