/** The daemon comes and goes; packets do not notice. And when everything shall go, everything goes. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS, INTERNET } from '../lab/names.ts';
import { sleep } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';
import { drops, fetchPage, useAppliance } from './fixture.ts';
import { expectUndisturbed, underTraffic } from './traffic.ts';

const bench = useAppliance('lifecycle', baseConfig());

const reachable = async () => (await fetchPage(bench.lab, 'lan', INTERNET.ip4)).failure;
const forbidden = async () => (await fetchPage(bench.lab, 'lan', HOSTS.dmz.ip4, { port: 5201, seconds: 1 })).failure;

describe('under iperf3', () => {
  it('a restart disturbs nothing; new sessions are opened and judged meanwhile', async () => {
    const before = await drops(bench.appliance);
    const { generation } = await bench.appliance.client.system.status.query();
    expectUndisturbed(
      await underTraffic(bench.lab, 8, async () => {
        await bench.appliance.stopDaemon();
        expect(await reachable()).toBe('none');
        await bench.appliance.startDaemon();
        expect(await reachable()).toBe('none');
      }),
    );
    expect(await drops(bench.appliance)).toEqual(before);
    expect((await bench.appliance.client.system.status.query()).generation).toBeGreaterThanOrEqual(generation);
  });

  it('SIGKILL disturbs nothing; the daemon adopts what it finds', async () => {
    const before = await drops(bench.appliance);
    const traffic = await underTraffic(bench.lab, 9, async () => {
      await bench.appliance.killDaemon();
      expect(await reachable()).toBe('none');
      await sleep(1000);
      await bench.appliance.startDaemon();
      expect(await reachable()).toBe('none');
      const sessions = await bench.appliance.client.sessions.list.query({ filter: { port: 5201 }, limit: 50 });
      // iperf3's control connection and its four streams, opened before the crash
      expect(sessions.total).toBeGreaterThanOrEqual(5);
    });
    expectUndisturbed(traffic);
    expect(await drops(bench.appliance)).toEqual(before);
  });
});

describe('with the daemon dead', () => {
  it('what is permitted goes on, what is denied stays denied', async () => {
    await bench.appliance.killDaemon();
    expect(await reachable()).toBe('none');
    expect(await forbidden()).toBe('timeout');
    expect((await fetchPage(bench.lab, 'wan', HOSTS.lan.ip6, { seconds: 1 })).failure).toBe('timeout');
    await bench.appliance.startDaemon();
  });
});

describe('a device that is gone', () => {
  const rename = async (from: string, to: string) => {
    await bench.lab.exec('appliance', ['ip', 'link', 'set', 'dev', from, 'down']);
    await bench.lab.exec('appliance', ['ip', 'link', 'set', 'dev', from, 'name', to]);
  };
  const network = async () =>
    (await bench.appliance.client.system.status.query()).subsystems.find((item) => item.name === 'network');

  it('holds a start back from nothing else, and is named; a commit that names it is refused', async () => {
    await bench.appliance.killDaemon();
    await rename('dmz0', 'gone0');
    await bench.appliance.startDaemon();
    expect(await reachable()).toBe('none');
    expect(await network()).toMatchObject({ state: 'failed', message: 'there is no device dmz0' });
    await expect(bench.appliance.commit(baseConfig())).rejects.toThrow(/is no device of this box/);
    // it is plugged in again: nobody has to do anything
    await rename('gone0', 'dmz0');
    await waitUntil('the way to it', async () => (await fetchPage(bench.lab, 'lan', HOSTS.dmz.ip4)).failure === 'none');
    expect(await network()).toMatchObject({ state: 'ok' });
  });
});

describe('a second daemon', () => {
  it('on the same state directory is refused and harms nothing', async () => {
    const second = await bench.lab.tryExec('appliance', [
      process.execPath,
      new URL('../../apps/daemon/src/main.ts', import.meta.url).pathname,
      '--state-dir',
      bench.appliance.stateDir,
      '--socket',
      `${bench.appliance.socket}-second`,
      '--bpffs',
      bench.lab.bpffs,
    ]);
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(bench.appliance.stateDir);
    expect(await reachable()).toBe('none');
  });
});

describe('cleanup', () => {
  const arguments_ = () => ['cleanup', '--state-dir', bench.appliance.stateDir, '--bpffs', bench.lab.bpffs];
  // the kernel itself puts maps.debug and progs.debug into a new bpffs
  const pins = () =>
    readdirSync(bench.lab.bpffs, { recursive: true }).filter((name) => !String(name).endsWith('.debug'));
  /** Programs on the devices of the appliance, as the kernel tells. */
  const attached = async () => {
    const text = await bench.lab.exec('appliance', ['bpftool', '--json', 'net', 'show']);
    const [net] = JSON.parse(text) as { xdp: unknown[]; tc: unknown[] }[];
    return [...(net?.xdp ?? []), ...(net?.tc ?? [])].length;
  };

  it('refuses while the daemon runs', async () => {
    const done = await bench.appliance.cli(arguments_());
    expect(done.status).toBe(1);
    expect(done.stderr).toContain('running');
    expect(await attached()).toBeGreaterThanOrEqual(3);
    expect(await reachable()).toBe('none');
  });

  it('leaves no pin, no program, no address, no route', async () => {
    await bench.appliance.stopDaemon();
    expect(pins().length).toBeGreaterThan(10);
    expect(await attached()).toBeGreaterThanOrEqual(3);
    const done = await bench.appliance.cli(arguments_());
    expect(done.stderr).toBe('');
    expect(done.status).toBe(0);
    expect(pins()).toEqual([]);
    expect(await attached()).toBe(0);
    const addresses = await bench.lab.exec('appliance', ['ip', '-o', 'address', 'show', 'scope', 'global']);
    expect(addresses).toBe('');
    expect(await bench.lab.exec('appliance', ['ip', 'route'])).toBe('');
  });

  it('a daemon after it starts from its kept state', async () => {
    await bench.appliance.startDaemon();
    expect(await reachable()).toBe('none');
    expect(await forbidden()).toBe('timeout');
  });
});
