/** Who may talk to whom: each verdict is seen from both ends, in the log with its reason, and in the counters. */
import { describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { drops, fetchPage, ping, useAppliance, waitForEvent } from './fixture.ts';

const bench = useAppliance(
  'policy',
  baseConfig((config) => {
    config.flow.timeouts.tcpClosing = 2;
  }),
);

describe('permitted', () => {
  it.each([
    ['IPv4', HOSTS.dmz.ip4, HOSTS.lan.ip4],
    ['IPv6', HOSTS.dmz.ip6, HOSTS.lan.ip6],
  ])('a page of the DMZ from the LAN over %s, with the rule in the log', async (_, server, client) => {
    const page = await fetchPage(bench.lab, 'lan', server, { source: client });
    expect(page.text).toBe(`host dmz client ${client} server ${server}\n`);
    const entry = await waitForEvent(bench.appliance, { kind: 'open', source: client, destination: server });
    expect(entry.rule?.name).toBe('web-and-echo-to-dmz');
    expect([entry.fromZone, entry.toZone, entry.destinationPort]).toEqual(['lan', 'dmz', 80]);
  });

  it('a session ends with one close event that counts both directions', async () => {
    await fetchPage(bench.lab, 'lan', INTERNET.ip4, { path: '/bulk' });
    const entry = await waitForEvent(bench.appliance, { kind: 'close', destination: INTERNET.ip4 });
    expect(entry.bytes?.[1]).toBeGreaterThan(2_000_000);
    expect(entry.packets?.[0]).toBeGreaterThan(5);
  });

  it('each hit is counted at its rule', async () => {
    const hits = async () =>
      (await bench.appliance.client.counters.get.query()).rules.find((rule) => rule.id === 'lan-ping-dmz')?.hits ?? 0;
    const before = await hits();
    expect(await ping(bench.lab, 'lan', HOSTS.dmz.ip4)).toBe(true);
    expect(await hits()).toBe(before + 1);
  });
});

describe('denied', () => {
  it('another port of the same server: silence, and default-deny in the log', async () => {
    const page = await fetchPage(bench.lab, 'lan', HOSTS.dmz.ip4, { port: 5201, seconds: 1 });
    expect(page.failure).toBe('timeout');
    const entry = await waitForEvent(bench.appliance, { kind: 'drop', destination: HOSTS.dmz.ip4, port: 5201 });
    expect(entry.reason).toBe('default-deny');
    expect(entry.rule).toBeNull();
    expect((await drops(bench.appliance))['default-deny']).toBeGreaterThan(0);
  });

  it.each([
    ['IPv4', HOSTS.lan.ip4],
    ['IPv6', HOSTS.lan.ip6],
  ])('the WAN reaches nothing in the LAN over %s', async (_, target) => {
    // the provider has no IPv4 route to the LAN: give it one, so that the firewall decides
    if (!target.includes(':'))
      await bench.lab.exec('wan', ['ip', 'route', 'replace', '10.10.0.0/24', 'via', HOSTS.wan.gateway4]);
    const page = await fetchPage(bench.lab, 'wan', target, { seconds: 1 });
    expect(page.failure).toBe('timeout');
    const entry = await waitForEvent(bench.appliance, { kind: 'drop', destination: target });
    expect([entry.reason, entry.fromZone, entry.toZone]).toEqual(['default-deny', 'wan', 'lan']);
  });

  it.each([
    ['IPv4', HOSTS.lan.ip4],
    ['IPv6', HOSTS.lan.ip6],
  ])('a rejected connection is told at once over %s', async (_, target) => {
    const page = await fetchPage(bench.lab, 'dmz', target);
    expect(page.failure).toBe('refused');
    const entry = await waitForEvent(bench.appliance, { kind: 'drop', destination: target });
    expect([entry.reason, entry.rule?.name]).toEqual(['policy-reject', 'dmz-may-not-reach-lan']);
  });

  it.each([
    ['IPv4', HOSTS.lan.ip4, 'Packet filtered'],
    ['IPv6', HOSTS.lan.ip6, 'Administratively prohibited'],
  ])('a rejected ping is answered "administratively prohibited" over %s', async (_, target, words) => {
    const done = await bench.lab.tryExec('dmz', ['ping', '-n', '-c1', '-W2', target]);
    expect(done.status).not.toBe(0);
    expect(done.stdout).toContain(words);
  });
});

describe('the box itself', () => {
  it('answers pings where the zone admits them, and only there', async () => {
    expect(await ping(bench.lab, 'lan', HOSTS.lan.gateway4)).toBe(true);
    expect(await ping(bench.lab, 'lan', HOSTS.lan.gateway6)).toBe(true);
    expect(await ping(bench.lab, 'wan', HOSTS.wan.gateway4)).toBe(false);
    const entry = await waitForEvent(bench.appliance, { kind: 'drop', destination: HOSTS.wan.gateway4 });
    expect(entry.reason).toBe('host-inbound');
  });

  it('shows no open port to the WAN, though a service listens and the LAN reaches it', async () => {
    bench.lab.start('appliance', 'listener', ['nc', '-l', '-k', '8080']);
    const scan = async (from: 'lan' | 'wan', target: string) =>
      (
        await bench.lab.exec(
          from,
          [
            'nmap',
            '-Pn',
            '-n',
            '-sS',
            '-T5',
            '--max-retries',
            '1',
            '--open',
            '-oG',
            '-',
            '-p',
            '1-200,8079-8090',
            target,
          ],
          { timeoutMs: 60_000 },
        )
      ).match(/\d+\/open/g) ?? [];
    expect(await scan('lan', HOSTS.lan.gateway4)).toEqual(['8080/open']);
    // 8080 of the outside address is the published server of the DMZ, not the box
    expect(await scan('wan', HOSTS.wan.gateway4)).toEqual(['8080/open']);
    expect((await fetchPage(bench.lab, 'wan', HOSTS.wan.gateway4, { port: 8080 })).text).toContain('host dmz');
    expect(await scan('wan', HOSTS.wan.gateway6)).toEqual([]);
  });
});
