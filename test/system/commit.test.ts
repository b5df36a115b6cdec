/** A commit takes effect at once and as a whole, disturbs nothing, and undoes itself when nobody keeps it. */

import { readdirSync } from 'node:fs';
import type { Config } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { baseConfig, policy } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { sleep } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';
import { drops, fetchPage, ping, useAppliance, waitForEvent } from './fixture.ts';
import { expectUndisturbed, underTraffic } from './traffic.ts';

const base = baseConfig();
const bench = useAppliance('commit', base);

/** As the base, but the LAN may also reach iperf3 of the DMZ. */
const wider = baseConfig((config) => {
  config.policies.unshift(
    policy({ name: 'iperf', from: ['lan'], to: ['dmz'], application: ['iperf3'], action: 'permit' }),
  );
});
const reachesIperf = async () =>
  (await bench.lab.tryExec('lan', ['nc', '-z', '-w1', HOSTS.dmz.ip4, '5201'])).status === 0;

describe('a commit', () => {
  it('decides for the very next packet, in both directions of the change', async () => {
    expect(await reachesIperf()).toBe(false);
    await bench.appliance.commit(wider);
    expect(await reachesIperf()).toBe(true);
    await bench.appliance.commit(base);
    expect(await reachesIperf()).toBe(false);
  });

  it('closes a session that is no longer permitted, and says so', async () => {
    const pings = bench.lab.tryExec('lan', ['ping', '-n', '-q', '-c20', '-i0.2', '-W1', HOSTS.dmz.ip4]);
    await sleep(1000);
    await bench.appliance.commit(
      baseConfig((config) => {
        config.policies = config.policies.filter((item) => item.name !== 'lan-ping-dmz');
      }),
    );
    const received = Number(/(\d+) received/.exec((await pings).stdout)?.[1]);
    await bench.appliance.commit(base);
    expect(received).toBeGreaterThan(2);
    expect(received).toBeLessThan(15);
    const entry = await waitForEvent(
      bench.appliance,
      { destination: HOSTS.dmz.ip4, protocol: 'icmp' },
      (item) => item.reason === 'policy-change',
    );
    expect(entry.kind).not.toBe('open');
  });

  it('costs running connections nothing: five commits under iperf3', async () => {
    const before = await drops(bench.appliance);
    let commits = 0;
    const traffic = await underTraffic(bench.lab, 8, async () => {
      for (let i = 0; i < 5; i += 1) {
        await bench.appliance.commit(i % 2 ? base : wider);
        commits += 1;
        expect((await fetchPage(bench.lab, 'lan', INTERNET.ip4)).failure).toBe('none');
      }
    });
    expect(commits).toBe(5);
    expectUndisturbed(traffic);
    expect(await drops(bench.appliance)).toEqual(before);
    await bench.appliance.commit(base);
  });

  it('does cost a connection that it forbids (the check above can fail)', async () => {
    const traffic = await underTraffic(bench.lab, 4, async () => {
      await bench.appliance.commit(
        baseConfig((config) => {
          config.policies = config.policies.filter((item) => item.name !== 'lan-to-internet');
        }),
      );
      await sleep(1500);
      await bench.appliance.commit(base);
    }).catch(() => null);
    expect(() => {
      if (!traffic) throw new Error('iperf3 gave up');
      expectUndisturbed(traffic);
    }).toThrow();
  });
});

describe('a commit with a window', () => {
  it('goes back by itself when nobody keeps it', async () => {
    const { revision: before } = await bench.appliance.commit(base);
    const { revision } = await bench.appliance.commit(wider, 10);
    expect(await reachesIperf()).toBe(true);
    const state = await bench.appliance.client.config.state.query();
    expect(state.running).toBe(revision);
    expect(state.boot).toBe(before);
    await waitUntil('the end of the window', async () => !(await bench.appliance.client.config.state.query()).pending, {
      timeoutMs: 15_000,
      everyMs: 200,
    });
    expect((await bench.appliance.client.config.state.query()).running).toBe(before);
    expect(await reachesIperf()).toBe(false);
  });

  it('stays when it is confirmed', async () => {
    const { revision } = await bench.appliance.commit(wider, 10);
    const confirmed = await bench.appliance.cli(['confirm']);
    expect(confirmed.stderr).toBe('');
    expect(confirmed.status).toBe(0);
    await sleep(11_000);
    const state = await bench.appliance.client.config.state.query();
    expect([state.running, state.boot, state.pending]).toEqual([revision, revision, null]);
    expect(await reachesIperf()).toBe(true);
    await bench.appliance.commit(base);
  });

  it('goes back at a crash of the daemon when the window ended meanwhile', async () => {
    const { revision: before } = await bench.appliance.commit(base);
    await bench.appliance.commit(wider, 10);
    await bench.appliance.killDaemon();
    // nobody is there to undo it: packets still obey the tested configuration
    expect(await reachesIperf()).toBe(true);
    await sleep(10_500);
    await bench.appliance.startDaemon();
    const state = await bench.appliance.client.config.state.query();
    expect([state.running, state.pending]).toEqual([before, null]);
    expect(await reachesIperf()).toBe(false);
  });

  it('a rollback by the command line goes back one configuration', async () => {
    await bench.appliance.commit(wider);
    expect(await reachesIperf()).toBe(true);
    const done = await bench.appliance.cli(['rollback', '1', '--json']);
    expect(done.status).toBe(0);
    expect(await reachesIperf()).toBe(false);
  });
});

describe('commits in a row', () => {
  it('leave nothing behind: no descriptor, no generation, no attachment is lost', async () => {
    const { daemonPid, client } = bench.appliance;
    // the least of a while: a program that the daemon asks has pipes as long as it runs
    const descriptors = async () => {
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 20; i++) {
        least = Math.min(least, readdirSync(`/proc/${daemonPid}/fd`).length);
        await sleep(50);
      }
      return least;
    };
    const before = await descriptors();
    for (let i = 0; i < 4; i++) await bench.appliance.commit(i % 2 ? wider : baseConfig());
    expect(await descriptors()).toBeLessThanOrEqual(before + 1);
    const pinned = readdirSync(bench.lab.bpffs, { recursive: true }).map(String);
    expect(pinned.filter((name) => /gen-\d+$/.test(name))).toHaveLength(1);
    expect((await client.system.status.query()).subsystems.filter((item) => item.state !== 'ok')).toEqual([]);
  });
});

describe('a rejected configuration', () => {
  const attempts: [string, (config: Config) => void, string[]][] = [
    [
      'a policy between unknown zones',
      (config) => {
        Object.assign(config.policies[0] as object, { to: ['attic'] });
      },
      ['/policies/0/to/0', 'attic'],
    ],
    [
      'an address that is none',
      (config) => {
        Object.assign(config.addresses[1] as object, { address: '10.20.0.300' });
      },
      ['/addresses/1/address', '10.20.0.300'],
    ],
    [
      'a device that the box does not have',
      (config) => {
        Object.assign(config.interfaces[0] as object, { name: 'lan7' });
        Object.assign(config.zones[0] as object, { interfaces: ['lan7'] });
      },
      ['/interfaces/0/name', 'lan7'],
    ],
    [
      'a field that does not exist',
      (config) => {
        Object.assign(config, { polices: [] });
      },
      ['polices'],
    ],
  ];
  it.each(attempts)('with %s names field and remedy, and changes nothing', async (_, spoil, words) => {
    const before = await bench.appliance.client.config.state.query();
    const config = structuredClone(base);
    spoil(config);
    const done = await bench.appliance.cli(['commit', '-'], { input: JSON.stringify(config) });
    expect(done.status).toBe(1);
    for (const word of words) expect(done.stderr).toContain(word);
    const after = await bench.appliance.client.config.state.query();
    expect({ ...after, serverTime: 0 }).toEqual({ ...before, serverTime: 0 });
    expect(await ping(bench.lab, 'lan', HOSTS.dmz.ip4)).toBe(true);
  });
});
