/** The home network of a box that was just unpacked: addresses before a word was configured; the servers under users of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productVersion } from '../../tools/inputs.ts';
import { waitUntil } from '../lab/wait.ts';
import { ADDRESS, Box } from './box.ts';

const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
let box: Box;

beforeAll(async () => {
  box = await Box.make({ name: 'gh-test-lan-image', raw: `gatehouse_${productVersion}.raw` }, files);
  await box.page();
});
afterAll(async () => {
  await box?.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

/** One DHCP exchange that changes nothing on the host; what the client says of it. */
async function lease(from: 'lan' | 'wan'): Promise<string> {
  const once = ['--foreground', '--quit', '--now', '--retries', '5', '--timeout', '2', '--script', '/bin/true'];
  const done = await box.on(from, ['udhcpc', '--interface', 'eth0', ...once, '-x', 'hostname:laptop']);
  return done.stdout + done.stderr;
}

const given = /lease of 192\.168\.1\.1\d\d obtained from 192\.168\.1\.1/;

it('a device in the home network is given an address before a word was configured; the internet side is given none', async () => {
  expect(await lease('lan')).toMatch(given);
  expect(await lease('wan')).not.toMatch(/obtained/);
});

it('DHCPv6 and router advertisements begin with a commit, each program under a user of its own', async () => {
  await box.setUp();
  await box.openShell();
  await box.change((config) => {
    const lan = config.interfaces.find((item) => item.addresses.includes(`${ADDRESS}/24`));
    if (!lan) throw new Error('no home network');
    lan.addresses.push('2001:db8:1::1/64');
    for (const zone of config.zones) if (zone.name === 'lan') zone.hostInbound.push('dhcpv6');
    const ipv6 = [{ name: 'lan6', interface: lan.name, ranges: ['2001:db8:1::1000-2001:db8:1::1fff'] }];
    Object.assign(config, {
      dhcpServer: { ...config.dhcpServer, ipv6 },
      routerAdvertisements: [{ interface: lan.name, managed: true }],
    } as Partial<Config>);
  });
  const users = await box.shell('ps -eo user:20,comm | grep -E "kea-dhcp|radvd" | sort -u');
  expect(users.replaceAll(/ +/g, ' ').split('\n')).toEqual([
    'gatehouse-dhcp kea-dhcp4',
    'gatehouse-dhcp kea-dhcp6',
    'gatehouse-radvd radvd',
  ]);
  const { subsystems } = await box.call<{ subsystems: { name: string; state: string; message: string }[] }>(
    'system.status',
  );
  expect(subsystems.filter((item) => item.state !== 'ok')).toEqual([]);
  expect(await box.shell('systemctl --failed --no-legend')).toBe('');
  await waitUntil(
    'an address from the advertised prefix',
    async () => {
      await box.on('lan', ['sysctl', '-qw', 'net.ipv6.conf.eth0.accept_ra=1']);
      return /2001:db8:1:/.test((await box.on('lan', ['ip', '-6', 'address', 'show', 'dev', 'eth0'])).stdout);
    },
    { timeoutMs: 30_000, everyMs: 500 },
  );
});

it('leases survive the power cord, and the servers come back', async () => {
  type Lease = { address: string; expiresAt: number }[];
  const before = await box.call<Lease>('dhcp.leases');
  expect(before).toMatchObject([{ hostName: 'laptop', scope: 'lan' }]);
  await box.shell('sync');
  await box.machine.cutPower();
  box.machine.powerOn();
  await box.page();
  await box.logIn();
  expect(await box.call<Lease>('dhcp.leases')).toEqual(before);
  expect(await lease('lan')).toContain(`lease of ${before[0]?.address} obtained`);
});
