/** A VLAN with DHCP, by hand (npm run test:image:long): the kernel of the image has 802.1Q, also where that of the machine has not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productVersion } from '../../../tools/inputs.ts';
import { ADDRESS, Box } from '../box.ts';

const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
let box: Box;

beforeAll(async () => {
  box = await Box.make({ name: 'gh-test-vlan-image', raw: `gatehouse_${productVersion}.raw` }, files);
  await box.page();
  await box.setUp();
  await box.openShell();
});
afterAll(async () => {
  await box?.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

it('a VLAN and its scope come with one commit', async () => {
  await box.change((config) => {
    const lan = config.interfaces.find((item) => item.addresses.includes(`${ADDRESS}/24`));
    const [scope] = config.dhcpServer.ipv4;
    if (!lan || !scope) throw new Error('no home network');
    const device = { ...lan, id: 'guests', name: 'guests', addresses: ['10.30.0.1/24'], delegatedSubnet: 1 };
    config.interfaces.push({ ...device, type: 'vlan', parent: lan.name, vlanId: 30 });
    for (const zone of config.zones) if (zone.name === 'lan') zone.interfaces.push('guests');
    const ranges = ['10.30.0.100-10.30.0.199'];
    config.dhcpServer.ipv4.push({ ...scope, id: 'guests', name: 'guests', interface: 'guests', ranges });
  });
  expect(await box.shell('ss --no-header --packet --listening --processes')).toMatch(/:guests\s.*kea-dhcp4/);
});
