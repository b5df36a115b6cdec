/** What the box says of packets: explanations that come true, counters by zone, interface and reason, pages of sessions, clearing. */
import { describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { askEcho, fetchPage, ping, useAppliance } from './fixture.ts';

const bench = useAppliance('observe', baseConfig());
const client = () => bench.appliance.client;

const packet = (source: string, destination: string, destinationPort: number, device = 'lan0') => ({
  interface: device,
  source,
  destination,
  protocol: 'tcp' as const,
  sourcePort: 40_000,
  destinationPort,
});

describe('explain', () => {
  it.each([
    ['a permitted page', packet(HOSTS.lan.ip4, HOSTS.dmz.ip4, 80), 'lan', HOSTS.dmz.ip4, 80, 'forward', 'none'],
    ['the same over IPv6', packet(HOSTS.lan.ip6, HOSTS.dmz.ip6, 80), 'lan', HOSTS.dmz.ip6, 80, 'forward', 'none'],
    [
      'a port that nobody permits',
      packet(HOSTS.lan.ip4, HOSTS.dmz.ip4, 81),
      'lan',
      HOSTS.dmz.ip4,
      81,
      'drop',
      'timeout',
    ],
    [
      'a rejected zone',
      packet(HOSTS.dmz.ip4, HOSTS.lan.ip4, 80, 'dmz0'),
      'dmz',
      HOSTS.lan.ip4,
      80,
      'reject',
      'refused',
    ],
  ] as const)('%s: what it says is what happens', async (_, described, from, address, port, verdict, failure) => {
    const answer = await client().explain.packet.mutate({ packet: described });
    expect(answer.verdict).toBe(verdict);
    expect((await fetchPage(bench.lab, from, address, { port, seconds: 1 })).failure).toBe(failure);
  });

  it('names the rules and the translation', async () => {
    const answer = await client().explain.packet.mutate({ packet: packet(HOSTS.lan.ip4, INTERNET.ip4, 443) });
    expect(answer).toMatchObject({
      verdict: 'forward',
      rule: { name: 'lan-to-internet' },
      natRules: [{ name: 'lan-behind-wan' }],
      translated: { source: '203.0.113.1', destination: INTERNET.ip4, destinationPort: 443 },
      egress: { interface: 'wan0' },
    });
  });

  it('judges by a candidate without applying it', async () => {
    const described = packet(HOSTS.lan.ip4, INTERNET.ip4, 443);
    const config = baseConfig((next) => {
      next.policies = next.policies.filter((policy) => policy.name !== 'lan-to-internet');
    });
    const { generation } = await client().system.status.query();
    expect(await client().explain.packet.mutate({ packet: described, config })).toMatchObject({
      verdict: 'drop',
      reason: 'default-deny',
    });
    expect((await client().explain.packet.mutate({ packet: described })).verdict).toBe('forward');
    expect((await client().system.status.query()).generation).toBe(generation);
    expect((await client().sessions.list.query({ filter: { port: 443 } })).total).toBe(0);
  });

  it('by the command line', async () => {
    const words = [
      '--interface',
      'lan0',
      '--source',
      HOSTS.lan.ip4,
      '--destination',
      HOSTS.dmz.ip4,
      '--protocol',
      'tcp',
    ];
    const done = await bench.appliance.cli(['explain', ...words, '--destination-port', '81', '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({ verdict: 'drop', reason: 'default-deny' });
  });

  it('a packet that can not be names field and remedy', async () => {
    const wrong = { ...packet(HOSTS.lan.ip4, HOSTS.dmz.ip6, 80) };
    await expect(client().explain.packet.mutate({ packet: wrong })).rejects.toThrow(/destination.*family/);
  });
});

describe('counters', () => {
  it('grow where the packets go: interfaces, zones, reasons', async () => {
    const read = async () => {
      const all = await client().counters.get.query();
      const packets = (list: typeof all.zones, name: string) => list.find((item) => item.name === name)?.rxPackets ?? 0;
      return {
        lan: packets(all.zones, 'lan'),
        lan0: packets(all.interfaces, 'lan0'),
        denied: all.reasons.find((reason) => reason.name === 'default-deny')?.packets ?? 0,
      };
    };
    const before = await read();
    for (let i = 0; i < 3; i++) expect(await ping(bench.lab, 'lan', HOSTS.dmz.ip4)).toBe(true);
    await fetchPage(bench.lab, 'lan', HOSTS.dmz.ip4, { port: 81, seconds: 1 });
    const after = await read();
    expect(after.lan - before.lan).toBeGreaterThanOrEqual(4);
    expect(after.lan0 - before.lan0).toBe(after.lan - before.lan);
    expect(after.denied).toBeGreaterThan(before.denied);
  });
});

describe('sessions', () => {
  it('come in pages without gaps, newest first, and are cleared by a filter', async () => {
    for (let port = 30_001; port <= 30_007; port++)
      await askEcho(bench.lab, 'lan', 'udp', HOSTS.dmz.ip4, 'x', { sourcePort: port });
    const filter = { protocol: 'udp', source: HOSTS.lan.ip4, destination: HOSTS.dmz.ip4 };
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<ReturnType<typeof client>['sessions']['list']['query']>> =
        await client().sessions.list.query({ filter, limit: 3, cursor });
      expect(page.total).toBe(7);
      ids.push(...page.sessions.map((session) => session.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(ids).size).toBe(7);
    expect(ids.map(Number)).toEqual([...ids].map(Number).sort((a, b) => b - a));
    expect(await client().sessions.clear.mutate({ filter })).toEqual({ cleared: 7 });
    expect((await client().sessions.list.query({ filter })).total).toBe(0);
  });

  it('a filter that can not be understood names the field', async () => {
    await expect(client().sessions.list.query({ filter: { source: 'everywhere' } })).rejects.toThrow(/source/);
  });
});
