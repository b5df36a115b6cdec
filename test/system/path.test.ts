/** The firewall as a hop: time exceeded, path MTU, fragments, neighbours that are not known yet. */
import { beforeAll, describe, expect, it } from 'vitest';
import { baseConfig, policy } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { askEcho, fetchPage, ping, randomText, useAppliance } from './fixture.ts';

const WAN_MTU = 1400;

const bench = useAppliance(
  'path',
  baseConfig((config) => {
    config.policies.unshift(policy({ name: 'lan-to-dmz-all', from: ['lan'], to: ['dmz'], action: 'permit' }));
    const wan = config.interfaces.find((item) => item.name === 'wan0');
    if (wan) wan.mtu = WAN_MTU;
  }),
);

// The far side offers segments for 1500 bytes, as servers of the internet do, but sends no larger packets than the narrow link carries: a veth
// drops what is larger than its peer's MTU.
beforeAll(async () => {
  const narrow = ['mtu', String(WAN_MTU), 'advmss'];
  for (const [family, route, headers] of [
    ['-4', ['203.0.113.0/24', 'dev', 'eth0', 'src', HOSTS.wan.ip4], 40],
    ['-6', ['2001:db8:10::/64', 'via', HOSTS.wan.gateway6], 60],
  ] as const)
    await bench.lab.exec('wan', ['ip', family, 'route', 'replace', ...route, ...narrow, String(1500 - headers)]);
});

/** Addresses of the hops, in order. */
async function hops(target: string, kind: string[]): Promise<string[]> {
  const text = await bench.lab.exec('lan', ['traceroute', '-n', '-q1', '-w2', '-m5', ...kind, target]);
  return text
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.trim().split(/\s+/)[1] ?? '?');
}

describe.each([
  ['UDP', []],
  ['ICMP', ['-I']],
  ['TCP', ['-T', '-p', '80']],
])('traceroute with %s', (_, kind) => {
  it.each([
    ['translated', INTERNET.ip4, HOSTS.lan.gateway4],
    ['untranslated', HOSTS.dmz.ip4, HOSTS.lan.gateway4],
    ['IPv6', INTERNET.ip6, HOSTS.lan.gateway6],
  ])('shows the firewall as the first hop, %s', async (_kind, target, first) => {
    expect(await hops(target, kind)).toEqual([first, target]);
  });
});

describe('path MTU', () => {
  it('an IPv4 packet that must not be fragmented is answered with the MTU', async () => {
    const ask = (bytes: number) =>
      bench.lab.tryExec('lan', ['ping', '-n', '-c1', '-W2', '-M', 'do', '-s', String(bytes - 28), INTERNET.ip4]);
    const big = await ask(WAN_MTU + 1);
    expect(big.status).not.toBe(0);
    expect(big.stdout).toMatch(
      new RegExp(`From ${HOSTS.lan.gateway4} .*Frag needed and DF set \\(mtu = ${WAN_MTU}\\)`),
    );
    await bench.lab.exec('lan', ['ip', 'route', 'flush', 'cache']);
    expect((await ask(WAN_MTU)).status).toBe(0);
  });

  it('an IPv6 packet that is too big is answered with the MTU', async () => {
    const ask = (bytes: number) =>
      bench.lab.tryExec('lan', ['ping', '-n', '-c1', '-W2', '-M', 'do', '-s', String(bytes - 48), INTERNET.ip6]);
    const big = await ask(WAN_MTU + 1);
    expect(big.status).not.toBe(0);
    expect(big.stdout).toMatch(new RegExp(`From ${HOSTS.lan.gateway6} .*Packet too big: mtu=${WAN_MTU}`));
    await bench.lab.exec('lan', ['ip', '-6', 'route', 'flush', 'cache']);
    expect((await ask(WAN_MTU)).status).toBe(0);
  });

  it.each([
    ['IPv4', INTERNET.ip4],
    ['IPv6', INTERNET.ip6],
  ])('TCP finds the MTU by itself and delivers, %s', async (_, address) => {
    // the far side believes in 1500, so nothing but the firewall's message can make the sender shrink its segments
    const payload = randomText(200_000);
    const echo = await askEcho(bench.lab, 'lan', 'tcp', address, payload);
    expect(echo?.payload).toBe(payload);
  });

  it('fragments an IPv4 packet that may be fragmented', async () => {
    expect(await ping(bench.lab, 'lan', INTERNET.ip4, 1440, ['-M', 'dont'])).toBe(true);
  });
});

describe('fragments', () => {
  it.each([
    ['IPv4', HOSTS.dmz.ip4],
    ['IPv6', HOSTS.dmz.ip6],
  ])('of a permitted packet pass in both directions, %s', async (_, address) => {
    expect(await ping(bench.lab, 'lan', address, 8000)).toBe(true);
  });

  it('of a denied packet do not', async () => {
    expect(await ping(bench.lab, 'dmz', INTERNET.ip4, 8000)).toBe(false);
    expect((await fetchPage(bench.lab, 'lan', HOSTS.dmz.ip4)).failure).toBe('none');
  });
});

describe('neighbours', () => {
  it.each([
    ['new session', INTERNET.ip4],
    ['new session, IPv6', INTERNET.ip6],
  ])('the first packet to a neighbour that is not known yet is not lost: %s', async (_, address) => {
    await bench.lab.exec('appliance', ['ip', 'neigh', 'flush', 'all']);
    expect(await ping(bench.lab, 'lan', address)).toBe(true);
  });

  it('an established session survives the loss of all neighbours', async () => {
    const probe = bench.lab.exec('lan', ['ping', '-n', '-q', '-c20', '-i0.1', '-W2', INTERNET.ip4]);
    for (let i = 0; i < 4; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await bench.lab.exec('appliance', ['ip', 'neigh', 'flush', 'all']);
    }
    expect(await probe).toContain('20 packets transmitted, 20 received');
  });
});
