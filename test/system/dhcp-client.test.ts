/** The provider gives the box its address: it carries source NAT, changes without a commit, and outlives daemon and client. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { endAll, type ProcessId } from '../lab/process.ts';
import { provide as provideAddress } from '../lab/provider.ts';
import { waitUntil } from '../lab/wait.ts';
import { fetchPage, useAppliance } from './fixture.ts';

const isV4 = (text: string) => !text.includes(':');

/** The provider's side is the lab's WAN host; the box has no address or route there of its own. */
const asking = (edit: (config: Config) => void = () => {}): Config =>
  baseConfig((config) => {
    for (const item of config.interfaces)
      if (item.name === 'wan0')
        Object.assign(item, { addresses: item.addresses.filter((a) => !isV4(a)), ipv4: 'dhcp' });
    config.routes = config.routes.filter((route) => !isV4(route.destination));
    edit(config);
  });

const bench = useAppliance('dhcp-client', baseConfig());
let servers: ProcessId[] = [];

/** The provider gives one address, and no other any more. */
async function provide(address: string, ...more: string[]): Promise<void> {
  await endAll(servers);
  servers = [await provideAddress(bench.lab, address, ...more)];
}

/** Says a number each second for twelve seconds on one connection to an echo server, and prints what came back. */
const TALK = `
  const socket = require('node:net').connect(7, process.argv[1]);
  let count = 0;
  const timer = setInterval(() => {
    socket.write(++count + '\\n');
    if (count === 12) { clearInterval(timer); socket.end(); }
  }, 1000);
  socket.pipe(process.stdout);
`;

const lease = async () => (await bench.appliance.client.dhcpClient.leases.query())[0];
/** Address by which a server of the internet sees the LAN. */
async function seenAs(): Promise<string> {
  const { stdout } = await bench.lab.tryExec('lan', ['nc', '-N', '-w3', INTERNET.ip4, '7'], { input: '' });
  return /saw (\S+)/.exec(stdout)?.[1] ?? stdout;
}
const has = (address: string) =>
  waitUntil(`${address} on the box`, async () => (await lease())?.ipv4?.address === `${address}/24`, {
    timeoutMs: 40_000,
    everyMs: 200,
  });
const clientPid = async () => {
  const pid = Number(
    readFileSync(join(bench.appliance.stateDir, 'run/services/gatehouse-dhcp-client.pid'), 'utf8').split(' ')[0],
  );
  expect(pid).toBeGreaterThan(1);
  return pid;
};

beforeAll(() => provide('203.0.113.50'));
afterAll(() => endAll(servers));

describe('an address from the provider', () => {
  it('arrives after a commit, with its route, and carries source NAT', async () => {
    await bench.appliance.commit(asking());
    await has('203.0.113.50');
    expect(await lease()).toMatchObject({
      interface: 'wan0',
      dns: ['9.9.9.9'],
      domain: 'isp.test',
      ipv4: { server: HOSTS.wan.ip4 },
    });
    await waitUntil('the way out', async () => (await seenAs()) === '203.0.113.50', {
      timeoutMs: 10_000,
      everyMs: 500,
    });
  });

  it('is left alone by a commit that does not touch it, and by the daemon’s end', async () => {
    const pid = await clientPid();
    await bench.appliance.commit(
      asking((config) => {
        config.system.hostName = 'another';
      }),
    );
    expect(await clientPid()).toBe(pid);
    await bench.appliance.killDaemon();
    expect(await seenAs()).toBe('203.0.113.50');
    await bench.appliance.startDaemon();
    expect(await clientPid()).toBe(pid);
    await has('203.0.113.50');
    expect(await seenAs()).toBe('203.0.113.50');
  });

  it('is followed to another one without a commit; what does not hang on it goes on', async () => {
    const { revision } = await bench.appliance.client.config.running.query();
    const transfer = bench.lab.exec('lan', [process.execPath, '-e', TALK, HOSTS.dmz.ip4], { timeoutMs: 60_000 });
    // a session that hangs on the old address
    await bench.lab.tryExec('lan', ['nc', '-w1', INTERNET.ip4, '7'], { timeoutMs: 5000 });
    await provide('203.0.113.77');
    await bench.appliance.client.dhcpClient.renew.mutate({ interface: 'wan0' });
    await has('203.0.113.77');
    await waitUntil('the new address', async () => (await seenAs()) === '203.0.113.77', {
      timeoutMs: 10_000,
      everyMs: 500,
    });
    expect((await bench.appliance.client.config.running.query()).revision).toBe(revision);
    expect((await fetchPage(bench.lab, 'lan', HOSTS.dmz.ip4)).failure).toBe('none');
    const { sessions } = await bench.appliance.client.sessions.list.query({ filter: {}, limit: 200 });
    expect(sessions.filter((item) => item.translatedSource?.address === '203.0.113.50')).toEqual([]);
    expect((await transfer).split('\n').slice(1)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '11',
      '12',
      '',
    ]);
  });

  it('goes when the interface is static again, with the client', async () => {
    await bench.appliance.commit(baseConfig());
    const { stdout } = await bench.lab.tryExec('appliance', ['ip', '-4', '-brief', 'address', 'show', 'dev', 'wan0']);
    expect(stdout.trim().split(/\s+/).slice(2)).toEqual([`${HOSTS.wan.gateway4}/24`]);
    expect(await bench.appliance.client.dhcpClient.leases.query()).toEqual([]);
    await waitUntil('the way out', async () => (await seenAs()) === HOSTS.wan.gateway4, {
      timeoutMs: 10_000,
      everyMs: 500,
    });
  });

  it('answers to a client pass, their near misses and other zones do not', async () => {
    const explain = (name: string, port: number) =>
      bench.appliance.client.explain.packet.mutate({
        packet: {
          interface: name,
          source: '203.0.113.100',
          destination: '255.255.255.255',
          protocol: 'udp',
          sourcePort: 67,
          destinationPort: port,
        },
        config: asking(),
      });
    expect((await explain('wan0', 68)).verdict).toBe('host');
    expect((await explain('wan0', 69)).verdict).toBe('drop');
    expect((await explain('dmz0', 68)).verdict).toBe('drop');
  });
});

describe('IPv6 from the provider', () => {
  const six = (edit: (config: Config) => void): Config =>
    baseConfig((config) => {
      for (const item of config.interfaces) if (item.name !== 'dmz0') item.addresses = item.addresses.filter(isV4);
      config.routes = config.routes.filter((route) => isV4(route.destination));
      edit(config);
    });
  const addresses = async (device: string) =>
    (await bench.lab.exec('appliance', ['ip', '-6', '-brief', 'address', 'show', 'dev', device, 'scope', 'global']))
      .trim()
      .split(/\s+/)
      .slice(2);

  it('SLAAC takes an address of the advertised prefix and its default route', async () => {
    await provide('203.0.113.50', '--enable-ra', '--dhcp-range=2001:db8:ffff::,ra-only,64,5m');
    await bench.appliance.commit(
      six((config) => {
        for (const item of config.interfaces) if (item.name === 'wan0') item.ipv6 = 'slaac';
      }),
    );
    await waitUntil(
      'an address',
      async () => (await addresses('wan0')).some((item) => item.startsWith('2001:db8:ffff:')),
      { timeoutMs: 30_000, everyMs: 300 },
    );
    expect(await bench.lab.exec('appliance', ['ip', '-6', 'route', 'show', 'default'])).toMatch(/via fe80:.* dev wan0/);
  });

  it('a delegated prefix gives the home network its /64', async () => {
    await endAll(servers);
    const directory = join(bench.lab.directory, 'kea');
    mkdirSync(directory, { recursive: true });
    const config = join(directory, 'kea-dhcp6.conf');
    writeFileSync(
      config,
      JSON.stringify({
        Dhcp6: {
          'interfaces-config': { interfaces: ['eth0'] },
          'data-directory': directory,
          'lease-database': { type: 'memfile', persist: false },
          'preferred-lifetime': 200,
          'valid-lifetime': 300,
          subnet6: [
            {
              ...{
                id: 1,
                subnet: '2001:db8:ffff::/64',
                interface: 'eth0',
                pools: [{ pool: '2001:db8:ffff::5-2001:db8:ffff::5' }],
              },
              'pd-pools': [{ prefix: '2001:db8:aa00::', 'prefix-len': 40, 'delegated-len': 56 }],
            },
          ],
        },
      }),
    );
    servers = [
      bench.lab.start('wan', 'kea', ['/usr/sbin/kea-dhcp6', '-c', config], {
        env: { KEA_PIDFILE_DIR: directory, KEA_LOCKFILE_DIR: directory },
      }).id,
    ];
    await bench.appliance.commit(
      six((changed) => {
        for (const item of changed.interfaces) {
          if (item.name === 'wan0') Object.assign(item, { ipv6: 'dhcpv6', requestPrefix: 56 });
          if (item.name === 'lan0') Object.assign(item, { delegatedFrom: 'wan0', delegatedSubnet: 3 });
        }
      }),
    );
    await waitUntil(
      'the home network’s address',
      async () => (await addresses('lan0')).some((item) => /^2001:db8:aa..:?.*3::1\/64$/.test(item)),
      { timeoutMs: 40_000, everyMs: 300 },
    );
    expect((await lease())?.ipv6?.prefixes[0]).toMatch(/\/56$/);
  });
});
