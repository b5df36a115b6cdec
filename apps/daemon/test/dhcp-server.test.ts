/** The DHCP server's and the router advertisements' plans, and what Kea and radvd say of what is rendered. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseCidr, parseConfig } from '@gatehouse/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectServices } from '../src/process/services/direct.ts';
import { planDhcp4, planDhcp6, subnetId } from '../src/subsystems/dhcp-server/plan.ts';
import { keaConfig } from '../src/subsystems/dhcp-server/render.ts';
import { KeaServer, keaPlaces, keaService } from '../src/subsystems/dhcp-server/server.ts';
import { radvdService, routerAdvertisement } from '../src/subsystems/router-advertisement/index.ts';
import { planAdvertisements, radvdConfig } from '../src/subsystems/router-advertisement/plan.ts';
import { PrepareError } from '../src/subsystems/subsystem.ts';

const NO_FACTS = { interfaces: [] };

function configOf(dhcpServer: object, routerAdvertisements: object[] = [], more: object = {}): Config {
  const result = parseConfig({
    interfaces: [
      { name: 'lan0', addresses: ['10.10.0.1/24', '2001:db8:10::1/64'] },
      { name: 'v6only0' },
      { name: 'off0', addresses: ['10.40.0.1/24'], enabled: false },
    ],
    dhcpServer,
    routerAdvertisements,
    ...more,
  });
  if (!result.ok) throw new Error(result.issues.map((item) => `${item.pointer} ${item.message}`).join('\n'));
  return result.config;
}

const FULL = {
  ipv4: [
    {
      name: 'lan',
      interface: 'lan0',
      ranges: ['10.10.0.128-10.10.0.191', '10.10.0.200-10.10.0.210'],
      ntpServers: ['10.10.0.1'],
      domainName: 'home.arpa',
      domainSearch: ['home.arpa', 'lab.home.arpa'],
      leaseSeconds: 3600,
      options: [
        { option: 'tftp-server-name', value: 'boot' },
        { option: 'classless-static-route', value: '10.17.0.0/16 via 10.10.0.2' },
        { option: 'wpad', value: 'http://wpad/' },
        { option: 'captive-portal', value: 'https://portal.example/' },
        { option: 'v6-only-preferred', value: '300' },
        { option: 'time-offset', value: '-3600' },
        { option: 'netbios-node-type', value: '8' },
        { option: 'tftp-server-address', value: '10.10.0.7' },
        { option: 'vendor-encapsulated-options', value: '01040a0a0007' },
        { option: 224, type: 'uint16', value: '7' },
      ],
    },
    { name: 'off', interface: 'off0' },
  ],
  ipv6: [
    {
      name: 'lan6',
      interface: 'lan0',
      ranges: ['2001:db8:10::100-2001:db8:10::1ff'],
      ntpServers: ['2001:db8:10::1'],
      domainSearch: ['home.arpa'],
      options: [
        { option: 'bootfile-url', value: 'http://boot/' },
        { option: 'information-refresh-time', value: '600' },
        { option: 'captive-portal', value: 'https://portal.example/' },
      ],
    },
    { name: 'bare', interface: 'v6only0', mode: 'stateless' },
  ],
  reservations: [
    { name: 'printer', address: '10.10.0.50', mac: '52:54:00:00:00:01' },
    { name: 'pump', address: '10.10.0.51', clientId: '01:02:03', hostName: 'pump.home.arpa' },
    { name: 'six', address: '2001:db8:10::50', duid: '00:03:00:01:52:54:00:00:00:01' },
    { name: 'printer6', address: '2001:db8:10::51', mac: '52:54:00:00:00:01' },
    { name: 'gone', address: '10.10.0.52', mac: '52:54:00:00:00:02', enabled: false },
  ],
};

describe('plan', () => {
  it('takes network, gateway and DNS from the interface; what is off has no part', () => {
    const plan = planDhcp4(configOf(FULL));
    expect(plan?.subnets.map((item) => item.scope)).toEqual(['lan']);
    expect(plan?.subnets[0]).toMatchObject({ subnet: '10.10.0.0/24', interface: 'lan0', id: 0x0a0a0000 });
    expect(plan?.subnets[0]?.options).toContainEqual({ name: 'routers', data: '10.10.0.1' });
    expect(plan?.subnets[0]?.options).toContainEqual({ name: 'domain-name-servers', data: '10.10.0.1' });
    expect(plan?.subnets[0]?.reservations.map((item) => item.hostname)).toEqual(['printer', 'pump.home.arpa']);
  });

  it('what the scope says goes first', () => {
    const scope = { ...FULL.ipv4[0], gateway: '10.10.0.254', dnsServers: ['9.9.9.9', '1.1.1.1'] };
    const options = planDhcp4(configOf({ ipv4: [scope] }))?.subnets[0]?.options;
    expect(options).toContainEqual({ name: 'routers', data: '10.10.0.254' });
    expect(options).toContainEqual({ name: 'domain-name-servers', data: '9.9.9.9, 1.1.1.1' });
  });

  it('nothing to serve: off', () => {
    expect(planDhcp4(configOf({ ipv4: [{ name: 'off', interface: 'off0' }] }))).toBe(null);
    expect(planDhcp6(configOf({ ipv4: FULL.ipv4 }), NO_FACTS)).toBe(null);
  });

  it('a subnet keeps its number whatever stands beside it; the reserved numbers are never given', () => {
    const [a, b] = ['2001:db8:10::/64', '2001:db8:11::/64'].map((text) => subnetId(parseCidr(text) as never));
    expect(a).not.toBe(b);
    expect(subnetId(parseCidr('2001:db8:10::/64') as never, new Set([a as number]))).toBe((a as number) + 1);
    expect(subnetId(parseCidr('0.0.0.0/8') as never)).toBe(1);
  });

  it('a stateless scope without an address of its own names the link-local one', () => {
    const address = { family: 6 as const, address: 'fe80::1', prefixLength: 64, scope: 'link' as const };
    const fact = { name: 'v6only0', ifindex: 2, kind: 'veth', mac: null, up: true, carrier: true, mtu: 1500 };
    const facts = { interfaces: [{ ...fact, addresses: [address] }] };
    expect(planDhcp6(configOf(FULL), facts)?.optionsOnly).toMatchObject([
      { interface: 'v6only0', options: [{ name: 'dns-servers', data: 'fe80::1' }] },
    ]);
    expect(planDhcp6(configOf(FULL), NO_FACTS)?.optionsOnly[0]?.options).toEqual([]);
  });
});

describe('the services’ own checkers', () => {
  let directory: string;
  let services: DirectServices;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-dhcp-'));
    services = new DirectServices(join(directory, 'services'), () => {});
  });
  afterEach(() => {
    services.close();
    rmSync(directory, { recursive: true });
  });
  const places = () => ({ runDir: join(directory, 'run'), stateDir: join(directory, 'state') });
  const server = (family: 4 | 6) => new KeaServer({ family, services, ...places(), readInterfaces: async () => [] });
  const planOf = (family: 4 | 6, config: Config) => {
    const result = server(family).plan(config, NO_FACTS);
    return result.ok ? result.plan : null;
  };

  it.each([4, 6] as const)('Kea takes all that a scope can say (DHCPv%i)', async (family) => {
    const prepared = await server(family).prepare(planOf(family, configOf(FULL)));
    expect(prepared?.files.get('kea.json')).toContain('lan0');
  });

  it.each([
    [4, { ...FULL.ipv4[0], options: [{ option: 'log-servers', type: 'hex', value: '0a' }] }, /log-servers|code: 7/],
    [6, { ...FULL.ipv6[0], options: [{ option: 32, type: 'hex', value: '0a' }] }, /code: 32|refresh/],
  ] as const)('what Kea refuses comes with its words (DHCPv%i)', async (family, scope, words) => {
    const plan = planOf(family, configOf({ [`ipv${family}`]: [scope] }));
    const error = await server(family)
      .prepare(plan)
      .catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(PrepareError);
    expect((error as PrepareError).issues[0]).toMatchObject({ pointer: `/dhcpServer/ipv${family}` });
    expect((error as PrepareError).message).toMatch(words);
    expect((error as PrepareError).message).not.toContain(directory);
  });

  it('a device that is still to be made is no reason to refuse', () => {
    const plan = planDhcp4(configOf(FULL));
    if (!plan) throw new Error('no plan');
    const text = (present: boolean) => JSON.stringify(keaConfig(plan, server(4).places, () => present));
    expect(text(true)).toContain('"interface":"lan0"');
    expect(text(false)).not.toContain('lan0');
  });

  const advertised = (entries: object[]) => {
    const plan = planAdvertisements(configOf({}, entries), NO_FACTS);
    if (!plan) throw new Error('no plan');
    return plan;
  };
  const radvd = () => routerAdvertisement({ services, runDir: join(directory, 'run') });

  it('radvd takes all that an advertisement can say', async () => {
    const full = {
      interface: 'lan0',
      prefixes: ['2001:db8:10::/64', '2001:db8:11::/64'],
      managed: true,
      otherConfig: true,
      routerLifetime: 9000,
      preference: 'high',
      maxInterval: 4,
      dnsServers: ['2001:db8::1', '2001:db8::2', '2001:db8::3', 'fe80::4'],
      domainSearch: ['home.arpa', 'lab.home.arpa'],
      mtu: 1280,
    };
    const plan = advertised([full, { interface: 'v6only0', routerLifetime: 0 }]);
    const prepared = await radvd().prepare(plan);
    expect(prepared?.files.get('radvd.conf')).toContain('RDNSS fe80::4 {');
  });

  it('radvd refuses what it can not read', async () => {
    const [plan] = advertised([{ interface: 'lan0' }]);
    await expect(radvd().prepare([{ ...plan, preference: 'huge' } as never])).rejects.toThrow(/radvd: .*syntax error/);
  });

  it('by default: the interface’s own prefixes, the box as the DNS server', () => {
    const text = radvdConfig(advertised([{ interface: 'lan0' }]));
    expect(text).toContain('prefix ::/64 {');
    expect(text).toContain('RDNSS 2001:db8:10::1 {');
    expect(radvdConfig(advertised([{ interface: 'v6only0' }]))).not.toContain('RDNSS');
  });
});

describe('the units of the image', () => {
  const unit = (name: string) =>
    readFileSync(
      join(import.meta.dirname, '../../../image/mkosi.extra/usr/lib/systemd/system', `${name}.service`),
      'utf8',
    );
  const places = { runDir: '/run/gatehouse', stateDir: '/var/lib/gatehouse' };

  it.each([
    keaService(4, keaPlaces(4, places)),
    keaService(6, keaPlaces(6, places)),
    radvdService(places.runDir).service,
  ])('$name starts what the daemon would', (service) => {
    const lines = unit(service.name).split('\n');
    expect(lines).toContain(`ExecStart=${[service.program, ...service.args].join(' ')}`);
    const environment = Object.entries(service.environment ?? {}).map(([key, value]) => `${key}=${value}`);
    if (environment.length) expect(lines).toContain(`Environment=${environment.join(' ')}`);
  });
});
