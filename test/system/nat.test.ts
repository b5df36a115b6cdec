/** Translation of addresses and ports, with payload: a wrong checksum passes a ping and breaks everything else (lesson L3). */
import { describe, expect, it } from 'vitest';
import { baseConfig, policy } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { askEcho, fetchPage, ping, randomText, useAppliance } from './fixture.ts';

const STATIC = { outside4: '192.0.2.20', outside6: '2001:db8:100::20' };
const POOL = { first: '192.0.2.64', last: '192.0.2.67' };

const bench = useAppliance(
  'nat',
  baseConfig((config) => {
    config.policies.push(
      policy({ name: 'dmz-out', from: ['dmz'], to: ['wan'], action: 'permit' }),
      policy({ name: 'ping-in', from: ['wan'], to: ['dmz'], application: ['ping'], action: 'permit' }),
    );
    config.nat.pools.push({
      id: 'public',
      name: 'public',
      addresses: [`${POOL.first}-${POOL.last}`],
      ports: '20000-20999',
    });
    const sourceRule = { from: ['lan'], to: ['wan'], destination: ['any'], application: ['any'], enabled: true };
    config.nat.source.unshift(
      {
        ...sourceRule,
        id: 'second-host-by-pool',
        name: 'second-host-by-pool',
        source: ['10.10.0.11'],
        translation: { type: 'pool', pool: 'public' },
      },
      {
        ...sourceRule,
        id: 'lan6-behind-wan',
        name: 'lan6-behind-wan',
        source: ['2001:db8:10::10'],
        translation: { type: 'interface' },
      },
    );
    config.nat.destination.push(
      {
        id: 'public-echo',
        name: 'public-echo',
        enabled: true,
        from: ['wan'],
        source: ['any'],
        destination: ['203.0.113.1'],
        protocol: 'udp',
        port: '7007',
        translation: { address: HOSTS.dmz.ip4, port: 7 },
      },
      {
        id: 'public-web-v6',
        name: 'public-web-v6',
        enabled: true,
        from: ['wan'],
        source: ['any'],
        destination: ['2001:db8:ffff::1'],
        protocol: 'tcp',
        port: '8080',
        translation: { address: HOSTS.dmz.ip6, port: 80 },
      },
    );
    config.nat.static.push(
      { id: 'one4', name: 'one4', enabled: true, from: ['wan'], external: STATIC.outside4, internal: HOSTS.dmz.ip4 },
      { id: 'one6', name: 'one6', enabled: true, from: ['wan'], external: STATIC.outside6, internal: HOSTS.dmz.ip6 },
    );
  }),
);

/** Source address of the next ICMP echo request that a host receives. */
async function sourceOfPing(at: 'wan' | 'dmz', work: () => Promise<boolean>): Promise<string> {
  const capture = bench.lab.tryExec(
    at,
    ['timeout', '5', 'tcpdump', '-n', '-l', '-c1', '-i', 'any', 'icmp[0]==8 or (icmp6 and ip6[40]==128)'],
    {},
  );
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await work()).toBe(true);
  const line = (await capture).stdout;
  return / IP6? (\S+) > /.exec(line)?.[1] ?? line;
}

describe.each(['tcp', 'udp'] as const)('source NAT, %s', (protocol) => {
  const payload = randomText(protocol === 'udp' ? 1200 : 50_000);

  it('by the egress interface', async () => {
    const echo = await askEcho(bench.lab, 'lan', protocol, INTERNET.ip4, payload);
    expect(echo).toMatchObject({ host: 'wan', sawAddress: '203.0.113.1', payload });
  });

  it('by the egress interface, IPv6', async () => {
    const echo = await askEcho(bench.lab, 'lan', protocol, INTERNET.ip6, payload);
    // the host uses one of its two addresses; the rule names only the first
    const source = (await bench.lab.exec('lan', ['ip', '-6', 'route', 'get', INTERNET.ip6])).match(/src (\S+)/)?.[1];
    expect(echo).toMatchObject({
      host: 'wan',
      sawAddress: source === HOSTS.lan.ip6 ? '2001:db8:ffff::1' : source,
      payload,
    });
  });

  it('keeps two clients with the same source port apart', async () => {
    const echoes = await Promise.all([
      askEcho(bench.lab, 'lan', protocol, INTERNET.ip4, `${payload}1`, { sourcePort: 5555 }),
      askEcho(bench.lab, 'dmz', protocol, INTERNET.ip4, `${payload}2`, { sourcePort: 5555 }),
    ]);
    expect(echoes.map((echo) => echo?.payload)).toEqual([`${payload}1`, `${payload}2`]);
    expect(echoes[0]?.sawAddress).toBe('203.0.113.1');
  });

  it('does not touch what stays inside', async () => {
    const echo = await askEcho(bench.lab, 'lan', protocol, HOSTS.dmz.ip4, payload);
    expect(echo).toMatchObject({ host: 'dmz', sawAddress: HOSTS.lan.ip4, payload });
  });
});

describe('source NAT by pool', () => {
  it('uses the addresses and ports of the pool, for the host that the rule names only', async () => {
    const page = await fetchPage(bench.lab, 'lan', INTERNET.ip4, { source: '10.10.0.11' });
    expect(page.text).toMatch(/^host wan client 192\.0\.2\.6[4-7] /);
    const other = await fetchPage(bench.lab, 'lan', INTERNET.ip4, { source: '10.10.0.10' });
    expect(other.text).toMatch(/^host wan client 203\.0\.113\.1 /);
    const sessions = await bench.appliance.client.sessions.list.query({ filter: { source: '10.10.0.11' }, limit: 10 });
    const port = sessions.sessions[0]?.translatedSource?.port;
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThanOrEqual(20_999);
  });
});

describe('source NAT, ICMP', () => {
  it('translates an echo, and a fragmented one', async () => {
    expect(await sourceOfPing('wan', () => ping(bench.lab, 'lan', INTERNET.ip4, 1000))).toBe('203.0.113.1');
    expect(await ping(bench.lab, 'lan', INTERNET.ip4, 4000)).toBe(true);
    expect(await ping(bench.lab, 'lan', INTERNET.ip6, 4000, ['-I', HOSTS.lan.ip6])).toBe(true);
  });

  it('translates an echo over IPv6', async () => {
    const source = await sourceOfPing('wan', () => ping(bench.lab, 'lan', INTERNET.ip6, 1000, ['-I', HOSTS.lan.ip6]));
    expect(source).toBe('2001:db8:ffff::1');
  });

  it('brings a "port unreachable" from outside back to the client that caused it', async () => {
    const began = Date.now();
    // without the error nc waits for the whole five seconds
    await bench.lab.tryExec('lan', ['nc', '-u', '-w', '5', INTERNET.ip4, '9'], { input: 'x' });
    expect(Date.now() - began).toBeLessThan(3000);
  });
});

describe('destination NAT', () => {
  it.each([
    ['IPv4', '203.0.113.1', HOSTS.wan.ip4],
    ['IPv6', '2001:db8:ffff::1', HOSTS.wan.ip6],
  ])('publishes the DMZ server on another port over %s', async (_, address, client) => {
    const page = await fetchPage(bench.lab, 'wan', address, { port: 8080, source: client });
    expect(page.text).toMatch(new RegExp(`^host dmz client ${client} `));
    // the port beside it is not published
    expect((await fetchPage(bench.lab, 'wan', address, { port: 8081, seconds: 1 })).failure).toBe('timeout');
  });

  it('carries UDP with payload', async () => {
    const payload = randomText(1200);
    const echo = await askEcho(bench.lab, 'wan', 'udp', '203.0.113.1', payload, { port: 7007 });
    expect(echo).toMatchObject({ host: 'dmz', payload });
    expect(await askEcho(bench.lab, 'wan', 'udp', '203.0.113.1', payload, { port: 7008 })).toBeNull();
  });

  it('holds only for the zone that the rule names', async () => {
    const page = await fetchPage(bench.lab, 'lan', '203.0.113.1', { port: 8080, seconds: 1 });
    expect(page.failure).not.toBe('none');
  });
});

describe.each([
  ['IPv4', STATIC.outside4, HOSTS.dmz.ip4, INTERNET.ip4],
  ['IPv6', STATIC.outside6, HOSTS.dmz.ip6, INTERNET.ip6],
])('static NAT, %s', (_, outside, inside, internet) => {
  it.each(['tcp', 'udp'] as const)('from outside with %s payload', async (protocol) => {
    const payload = randomText(1200);
    const echo = await askEcho(bench.lab, 'wan', protocol, outside, payload);
    expect(echo).toMatchObject({ host: 'dmz', payload });
  });

  it.each(['tcp', 'udp'] as const)('from inside the server is known by its outside address, %s', async (protocol) => {
    const payload = randomText(1200);
    const echo = await askEcho(bench.lab, 'dmz', protocol, internet, payload);
    expect(echo).toMatchObject({ host: 'wan', sawAddress: outside, payload });
  });

  it('a ping in both directions', async () => {
    expect(await ping(bench.lab, 'wan', outside, 1000)).toBe(true);
    expect(await sourceOfPing('wan', () => ping(bench.lab, 'dmz', internet, 1000))).toBe(outside);
  });

  it('does not open what no policy permits, nor the address beside it', async () => {
    expect((await fetchPage(bench.lab, 'wan', outside, { port: 5201, seconds: 1 })).failure).toBe('timeout');
    const beside = outside.replace(/20$/, '21');
    expect((await fetchPage(bench.lab, 'wan', beside, { seconds: 1 })).failure).not.toBe('none');
    expect((await fetchPage(bench.lab, 'wan', outside)).text).toMatch(/^host dmz /);
    expect(inside).not.toBe(outside);
  });
});
