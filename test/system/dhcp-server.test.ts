/** What the LAN gets from the box: addresses, routes and name servers for real clients, by DHCP, DHCPv6 and router advertisements. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { DirectServices } from '../../apps/daemon/src/process/services/direct.ts';
import { DhcpLeases } from '../../apps/daemon/src/subsystems/dhcp-server/leases.ts';
import { KeaServer } from '../../apps/daemon/src/subsystems/dhcp-server/server.ts';
import { baseConfig } from '../lab/base-config.ts';
import { dhcp4, dhcp6, forgetAddresses, macOf, solicit } from '../lab/dhcp-client.ts';
import { INTERNET } from '../lab/names.ts';
import { waitUntil } from '../lab/wait.ts';
import { fetchPage, ping, useAppliance, waitForEvent } from './fixture.ts';

type Options = { mac?: string; edit?: (config: Config) => void };

/** The LAN is served; in the DMZ a scope stands whose zone does not let the questions in. */
function served({ mac, edit = () => {} }: Options = {}): Config {
  const config = baseConfig((next) => {
    next.zones[0]?.hostInbound.push('dhcp', 'dhcpv6', 'dns');
    Object.assign(next, {
      dhcpServer: {
        ipv4: [
          { name: 'lan', interface: 'lan0', ranges: ['10.10.0.100-10.10.0.110'], domainName: 'lab.home.arpa' },
          { name: 'dmz', interface: 'dmz0', ranges: ['10.20.0.100-10.20.0.110'] },
        ],
        ipv6: [{ name: 'lan6', interface: 'lan0', ranges: ['2001:db8:10::1000-2001:db8:10::1fff'] }],
        reservations: mac === undefined ? [] : [{ name: 'desk', address: '10.10.0.50', mac }],
      },
      routerAdvertisements: [{ interface: 'lan0', managed: true, mtu: 1480 }],
    });
  });
  edit(config);
  return config;
}

const bench = useAppliance('dhcp', served());
const client = () => bench.appliance.client;
const pidOf = (service: string) =>
  Number(readFileSync(join(bench.appliance.stateDir, 'run/services', `${service}.pid`), 'utf8').split(' ')[0]);
const leaseOf = async (address: string) =>
  (await client().dhcp.leases.query()).find((lease) => lease.address === address);

describe('DHCPv4', () => {
  let address: string;

  it('gives an address of the range, the way out and the name server', async () => {
    const told = await dhcp4(bench.lab, 'lan', ['-x', 'hostname:laptop']);
    expect(told).toMatchObject({
      ip: expect.stringMatching(/^10\.10\.0\.1(0\d|10)$/),
      mask: '24',
      router: '10.10.0.1',
      dns: '10.10.0.1',
      domain: 'lab.home.arpa',
      lease: '43200',
    });
    address = told?.ip as string;
    expect((await fetchPage(bench.lab, 'lan', INTERNET.ip4)).text).toContain('host wan');
    expect(await leaseOf(address)).toMatchObject({
      mac: await macOf(bench.lab, 'lan'),
      hostName: 'laptop',
      state: 'active',
      scope: 'lan',
      interface: 'lan0',
      reservation: null,
    });
  });

  it('a zone that does not admit the service gets nothing, and the drop is logged', async () => {
    expect(await dhcp4(bench.lab, 'dmz')).toBe(null);
    const entry = await waitForEvent(bench.appliance, { kind: 'drop', reason: 'host-inbound', port: 67 });
    expect(entry).toMatchObject({ source: '0.0.0.0', destination: '255.255.255.255', fromZone: 'dmz' });
    expect((await client().dhcp.leases.query()).filter((lease) => lease.scope === 'dmz')).toEqual([]);
  });

  it('the same zone is served as soon as it admits the service', async () => {
    await bench.appliance.commit(served({ edit: (config) => config.zones[1]?.hostInbound.push('dhcp') }));
    expect(await dhcp4(bench.lab, 'dmz')).toMatchObject({ ip: expect.stringMatching(/^10\.20\.0\.1/) });
    await bench.appliance.commit(served());
  });

  it('a reservation is honoured without a restart, and packets go on', async () => {
    const pid = pidOf('gatehouse-dhcp4');
    let going = true;
    const pings = bench.lab.exec('lan', ['ping', '-n', '-q', '-i', '0.01', '-c', '300', INTERNET.ip4]).finally(() => {
      going = false;
    });
    await bench.appliance.commit(served({ mac: await macOf(bench.lab, 'lan') }));
    expect(pidOf('gatehouse-dhcp4')).toBe(pid);
    expect(going).toBe(true);
    expect(await pings).toContain('300 received');
    expect(await dhcp4(bench.lab, 'lan')).toMatchObject({ ip: '10.10.0.50', hostname: 'desk' });
    expect(await leaseOf('10.10.0.50')).toMatchObject({ reservation: 'desk' });
    expect(pidOf('gatehouse-dhcp4')).toBe(pid);
  });

  it('what Kea refuses fails the whole commit, with its words', async () => {
    const before = await client().config.running.query();
    const broken = served({
      edit: (config) => {
        config.system.hostName = 'not-this';
        config.dhcpServer.ipv4[0]?.options.push({ option: 'log-servers', type: 'hex', value: '0a' });
      },
    });
    await expect(bench.appliance.commit(broken)).rejects.toThrow(/refused by Kea.*code: 7.*divisible by 4/);
    expect((await client().config.running.query()).revision).toBe(before.revision);
    expect(await dhcp4(bench.lab, 'lan')).toMatchObject({ ip: '10.10.0.50' });
  });

  it('leases survive the daemon and Kea; Kea comes back by itself', async () => {
    const { expiresAt } = (await leaseOf('10.10.0.50')) ?? {};
    const pid = pidOf('gatehouse-dhcp4');
    await bench.appliance.killDaemon();
    await bench.appliance.startDaemon();
    expect(pidOf('gatehouse-dhcp4')).toBe(pid);
    expect(await leaseOf('10.10.0.50')).toMatchObject({ expiresAt });
    process.kill(pid, 'SIGKILL');
    await waitUntil('another Kea', () => pidOf('gatehouse-dhcp4') !== pid);
    await waitUntil('its answer', async () => (await leaseOf('10.10.0.50'))?.expiresAt === expiresAt);
    expect(await dhcp4(bench.lab, 'lan')).toMatchObject({ ip: '10.10.0.50' });
  });

  it('names of hosts for the box’s DNS: reservations and leases, and a word when they change', async () => {
    const { appliance, lab } = bench;
    const runDir = join(appliance.stateDir, 'run');
    const services = new DirectServices(join(runDir, 'services'), () => {});
    const server = new KeaServer({
      family: 4,
      services,
      runDir,
      stateDir: appliance.stateDir,
      readInterfaces: async () => [],
    });
    const config = served({ mac: await macOf(lab, 'lan') });
    const names = new DhcpLeases([server], () => config);
    let changes = 0;
    const stop = names.watch(() => {
      changes += 1;
    });
    await bench.appliance.commit(served());
    const told = await dhcp4(lab, 'lan', ['-x', 'hostname:tablet']);
    await waitUntil('a word', () => changes > 0);
    expect(await names.list()).toEqual([
      { name: 'desk', address: '10.10.0.50' },
      { name: 'tablet', address: told?.ip },
    ]);
    stop();
    services.close();
    await bench.appliance.commit(config);
    expect(await dhcp4(lab, 'lan')).toMatchObject({ ip: '10.10.0.50' });
  });

  it('a lease is ended by an operator; one that is not there is said', async () => {
    expect(await client().dhcp.release.mutate({ address: '10.10.0.50' })).toEqual({ released: true });
    expect(await leaseOf('10.10.0.50')).toBe(undefined);
    await expect(client().dhcp.release.mutate({ address: '10.10.0.50' })).rejects.toThrow(/not leased/);
  });

  it('a cable that is plugged in later is served', async () => {
    await bench.lab.exec('lan', ['ip', 'link', 'set', 'eth0', 'down']);
    process.kill(pidOf('gatehouse-dhcp4'), 'SIGKILL');
    const state = async () =>
      (await client().system.status.query()).subsystems.find((item) => item.name === 'dhcp4')?.message;
    await waitUntil('the complaint', async () => /lan0/.test((await state()) ?? ''), { timeoutMs: 15_000 });
    await bench.lab.exec('lan', ['ip', 'link', 'set', 'eth0', 'up']);
    await waitUntil('its end', async () => (await state()) === 'running', { timeoutMs: 15_000 });
    expect(await dhcp4(bench.lab, 'lan')).toMatchObject({ router: '10.10.0.1' });
  });

  it('a device that came after the server was started is served', async () => {
    const { lab, appliance } = bench;
    const ends = ['late0', 'netns', lab.namespace('appliance'), 'type', 'veth', 'peer', 'name', 'late'];
    await lab.exec('lan', ['ip', 'link', 'add', ...ends]);
    await lab.exec('lan', ['ethtool', '-K', 'late', 'gro', 'on', 'tx', 'off']);
    await lab.exec('lan', ['ip', 'link', 'set', 'late', 'up']);
    const late = (options: object[]) =>
      served({
        edit: (config) => {
          const [lan0] = config.interfaces;
          const [scope] = config.dhcpServer.ipv4;
          if (!lan0 || !scope) throw new Error('not the base configuration');
          config.interfaces.push({ ...lan0, id: 'late0', name: 'late0', addresses: ['10.30.0.1/24'] });
          config.zones[0]?.interfaces.push('late0');
          const ranges = ['10.30.0.100-10.30.0.110'];
          const more = { id: 'late', name: 'late', interface: 'late0', ranges, options };
          config.dhcpServer.ipv4.push({ ...scope, ...more } as typeof scope);
        },
      });
    const broken = late([{ option: 'log-servers', type: 'hex', value: '0a' }]);
    await expect(appliance.commit(broken)).rejects.toThrow(/refused by Kea.*code: 7/);
    await appliance.commit(late([]));
    const once = ['--foreground', '--quit', '--now', '--retries', '5', '--timeout', '1', '--script', '/bin/true'];
    const done = await lab.tryExec('lan', ['udhcpc', '--interface', 'late', ...once]);
    expect(done.stderr + done.stdout).toMatch(/lease of 10\.30\.0\.1\d\d obtained from 10\.30\.0\.1/);
    await appliance.commit(served());
    await lab.exec('lan', ['ip', 'link', 'delete', 'late']);
    expect(await dhcp4(lab, 'lan')).toMatchObject({ router: '10.10.0.1' });
  });

  it('without a scope the server is off', async () => {
    const pid = pidOf('gatehouse-dhcp4');
    await bench.appliance.commit(
      served({
        edit: (config) => {
          config.dhcpServer.ipv4 = [];
        },
      }),
    );
    expect(() => process.kill(pid, 0)).toThrow();
    expect(await dhcp4(bench.lab, 'lan')).toBe(null);
    await bench.appliance.commit(served());
    expect(await dhcp4(bench.lab, 'lan')).toMatchObject({ router: '10.10.0.1' });
  });
});

describe('IPv6', () => {
  beforeAll(() => forgetAddresses(bench.lab, 'lan', 6));

  it('a solicitation is answered: an address, a default router, the MTU', async () => {
    const [address] = await solicit(bench.lab, 'lan', 10_000);
    expect(address).toMatch(/^2001:db8:10:/);
    const route = await bench.lab.exec('lan', ['ip', '-6', 'route', 'show', 'default']);
    expect(route).toMatch(/via fe80::.* proto ra .*mtu 1480/);
    expect(await ping(bench.lab, 'lan', INTERNET.ip6)).toBe(true);
    expect((await fetchPage(bench.lab, 'lan', INTERNET.ip6)).text).toContain(`client ${address}`);
  });

  it('DHCPv6 gives an address of the range, and the name server', async () => {
    const told = await dhcp6(bench.lab, 'lan');
    expect(told).toMatchObject({
      new_ip6_address: expect.stringMatching(/^2001:db8:10::1[0-9a-f]{3}$/),
      new_dhcp6_name_servers: '2001:db8:10::1',
    });
    expect(await leaseOf(told?.new_ip6_address as string)).toMatchObject({ family: 6, scope: 'lan6', state: 'active' });
  });

  it('a reservation by DUID is honoured, without a restart', async () => {
    const duid = (await client().dhcp.leases.query()).find((lease) => lease.family === 6)?.duid as string;
    const pid = pidOf('gatehouse-dhcp6');
    await bench.appliance.commit(
      served({
        edit: (config) => {
          config.dhcpServer.reservations.push({
            id: 'desk6',
            name: 'desk6',
            enabled: true,
            address: '2001:db8:10::50',
            duid,
          });
        },
      }),
    );
    expect(pidOf('gatehouse-dhcp6')).toBe(pid);
    expect(await dhcp6(bench.lab, 'lan')).toMatchObject({ new_ip6_address: '2001:db8:10::50' });
  });

  it('a stateless scope tells the name server alone; the neighbour network, whose zone does not admit it, hears nothing', async () => {
    await bench.appliance.commit(
      served({
        edit: (config) => {
          const [scope] = config.dhcpServer.ipv6;
          if (!scope) throw new Error('no scope');
          Object.assign(scope, { mode: 'stateless', ranges: [], dnsServers: ['2001:db8:10::53'] });
          config.dhcpServer.ipv6.push({ ...scope, id: 'dmz6', name: 'dmz6', interface: 'dmz0' });
        },
      }),
    );
    const told = await dhcp6(bench.lab, 'lan', { stateless: true });
    expect(told).toMatchObject({ new_dhcp6_name_servers: '2001:db8:10::53' });
    expect(told).not.toHaveProperty('new_ip6_address');
    expect(await dhcp6(bench.lab, 'dmz', { stateless: true, seconds: 4 })).toBe(null);
    await waitForEvent(bench.appliance, { kind: 'drop', reason: 'host-inbound', port: 547, zone: 'dmz' });
  });

  it('a change of the advertisements is told by the same process', async () => {
    const pid = pidOf('gatehouse-radvd');
    await bench.appliance.commit(
      served({
        edit: (config) => {
          Object.assign(config.routerAdvertisements[0] ?? {}, { prefixes: ['2001:db8:10:5::/64'], mtu: 1400 });
        },
      }),
    );
    expect(pidOf('gatehouse-radvd')).toBe(pid);
    expect((await solicit(bench.lab, 'lan', 10_000)).every((item) => item.startsWith('2001:db8:10:5:'))).toBe(true);
  });

  it('nobody advertises where nothing is configured', async () => {
    await expect(solicit(bench.lab, 'dmz', 4000)).rejects.toThrow(/waited/);
  });
});

it('the command line lists the leases', async () => {
  await dhcp4(bench.lab, 'lan');
  const done = await bench.appliance.cli(['show', 'dhcp-leases']);
  expect(done.stdout).toContain(await macOf(bench.lab, 'lan'));
  expect(done.stdout).not.toMatch(/^10\.10\.0\.10 /m);
});
