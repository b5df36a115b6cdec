/** The image as a person meets it: flashed, started, set up in the home network; and what must hold from then on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '@gatehouse/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productVersion } from '../../tools/inputs.ts';
import { sleep } from '../lab/process.ts';
import { Box, PAGE } from './box.ts';
import { addressesFor, Strangers } from './strangers.ts';

const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
const WAN = '203.0.113.2';
const second = () => sleep(1000);
let box: Box;

beforeAll(async () => {
  box = await Box.make({ name: 'gh-test-image', raw: `gatehouse_${productVersion}.raw` }, files);
  console.log(`from power on to the page: ${Math.round((await box.page()) / 1000)} s by the clock`);
});
afterAll(async () => {
  await box?.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

type Port = { mode: string | null; queues: { rx: number } | null };

describe('first boot', () => {
  it('the console’s token makes the first administrator, once', async () => {
    await box.setUp();
    await expect(
      box.call('auth.setup', { setupToken: 'AAAA-BBBB-CCCC', username: 'x', password: 'correct horse' }),
    ).rejects.toThrow();
    expect((await box.call<{ generation: number }>('system.status')).generation).toBeGreaterThan(0);
  });

  it('before a word was configured, the internet reaches nothing and the home network what is documented', async () => {
    const scan = async (from: 'lan' | 'wan', target: string) =>
      (
        await box.on(
          from,
          ['nmap', '-n', '-Pn', '-sS', '-p1-65535', '--min-rate', '8000', '--max-retries', '0', '-oG', '-', target],
          120_000,
        )
      ).stdout;
    await box.change((config) => {
      for (const item of config.interfaces)
        if (item.description === 'Internet') Object.assign(item, { ipv4: 'static', addresses: [`${WAN}/24`] });
    });
    expect(await scan('wan', WAN)).not.toMatch(/\/open\//);
    expect([...(await scan('lan', '192.168.1.1')).matchAll(/(\d+)\/open\//g)].map(([, port]) => port)).toEqual([
      '53',
      '80',
      '443',
    ]);
  });

  it('both ports are judged by XDP in the driver, with several queues', async () => {
    const ports = await box.call<Port[]>('interfaces.list');
    const native = ports.filter((port) => port.mode === 'xdp-native');
    expect(native.length).toBe(2);
    for (const { queues } of native) expect(queues?.rx).toBeGreaterThan(1);
  });

  it('the home network reaches the internet behind the box’s address', async () => {
    const server = box.on('wan', ['iperf3', '-s', '-1', '-B', '203.0.113.1'], 60_000);
    const done = await box.on(
      'lan',
      ['iperf3', '-c', '203.0.113.1', '-t', '3', '-J', '--connect-timeout', '5000'],
      40_000,
    );
    const result = JSON.parse(done.stdout) as { end: { sum_received: { bits_per_second: number } }; error?: string };
    expect(result.error).toBeUndefined();
    console.log(`through the emulated box: ${Math.round(result.end.sum_received.bits_per_second / 1e6)} Mbit/s`);
    expect((await server).stdout).toContain(`Accepted connection from ${WAN}`);
  });
});

describe('inside', () => {
  beforeAll(() => box.openShell());

  it('the root is the signed one and can not be changed', async () => {
    expect(await box.shell('bootctl status')).toMatch(/Secure Boot: enabled/);
    expect(await box.shell('cat /sys/block/dm-0/dm/uuid')).toMatch(/VERITY/);
    await expect(box.shell('touch /usr/x')).rejects.toThrow(/Read-only/);
    await expect(box.shell('mount -o remount,rw /')).rejects.toThrow();
  });

  it('the kernel has what the pipeline and the tunnels need', async () => {
    await box.shell(
      'ip link add t0 type wireguard && ip link add t1 type xfrm if_id 7 dev lo && ip link add t2 type vrf table 9',
    );
    await box.shell('for n in t0 t1 t2; do ip link delete $n; done; test -s /sys/kernel/btf/vmlinux');
  });

  it('the kernel is locked down, and its helpers for others are off', async () => {
    expect(await box.shell('cat /sys/kernel/security/lockdown')).toContain('[integrity]');
    expect(await box.shell('sysctl -n kernel.unprivileged_bpf_disabled kernel.dmesg_restrict kernel.sysrq')).toBe(
      '1\n1\n0',
    );
    await expect(box.shell('dd if=/dev/mem of=/dev/null bs=1 count=1')).rejects.toThrow(/not permitted/);
  });

  it('no unit failed, no password exists, nobody can log in at the console', async () => {
    expect(await box.shell('systemctl --failed --no-legend')).toBe('');
    expect(await box.shell("grep -Ev '^[a-z0-9_-]+:[*!]' /etc/shadow || true")).toBe('');
  });

  it('says what its start and its programs cost', async () => {
    console.log(
      await box.shell('systemd-analyze; systemd-analyze critical-chain gatehouse-web.service --no-pager | head -12'),
    );
    console.log(await box.shell('free -m; ps -eo rss,comm --sort=-rss | head -12; df -h / /var | cat'));
  });
});

describe('power cuts', () => {
  const name = async () => (await box.running()).config.system.hostName;
  const restart = async () => {
    await box.machine.cutPower();
    box.machine.powerOn();
    await box.page();
    await box.logIn();
  };

  it('a change under Test is gone, what was kept is there, and from the first second on nothing passes that no policy permits', async () => {
    await box.change((config) => {
      config.system.hostName = 'kept';
      addressesFor(config);
    });
    const strangers = await Strangers.make(box, files);
    await box.change((config) => {
      config.policies.push({
        ...(config.policies[0] as Policy),
        id: 'visitors',
        name: 'visitors',
        from: ['wan'],
        to: ['lan'],
      });
    });
    const heard = await strangers.during(second);
    expect(heard.some((line) => line.includes(' IP '))).toBe(true); // they are heard where a policy lets them in
    expect(heard.some((line) => line.includes(' IP6 '))).toBe(true);
    await box.change((config) => {
      config.policies = config.policies.filter((policy) => policy.name !== 'visitors');
    });
    await box.change((config) => {
      config.system.hostName = 'tried';
    }, 600);
    expect(await name()).toBe('tried');
    await box.shell('logger -t test before the power cut; journalctl --sync');
    const machine = await box.shell('cat /etc/machine-id');
    expect(await strangers.during(restart)).toEqual([]);
    expect(await name()).toBe('kept');
    expect(await box.shell('cat /etc/machine-id')).toBe(machine);
    expect(await box.shell('journalctl -b -1 -t test -o cat')).toBe('before the power cut');
  });

  it('in the middle of a commit: the old or the new one runs, whole', async () => {
    const change = box.change((config) => {
      config.system.hostName = 'new';
    });
    change.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1500));
    await restart();
    expect(['kept', 'new']).toContain(await name());
    const { subsystems } = await box.call<{ subsystems: { name: string; state: string }[] }>('system.status');
    expect(subsystems.filter((item) => item.state !== 'ok')).toEqual([]);
  });
});

it('a full state partition refuses a change in words and harms nothing', async () => {
  await box.shell(
    'fallocate -l $(($(stat -f -c "%a*%S" /var))) /var/lib/gatehouse/fill || true; dd if=/dev/zero of=/var/lib/gatehouse/fill2 bs=4k 2>/dev/null; true',
    120_000,
  );
  const before = (await box.running()).revision;
  const edit = box.change((config) => {
    config.system.hostName = 'full';
  });
  await expect(edit).rejects.toThrow(/ENOSPC|no space/i);
  expect((await box.running()).revision).toBe(before);
  expect((await box.on('lan', ['curl', '-ks', '-o', '/dev/null', `${PAGE}/login`])).status).toBe(0);
  await box.shell('rm -f /var/lib/gatehouse/fill /var/lib/gatehouse/fill2');
  await box.change((config) => {
    config.system.hostName = 'room';
  });
  expect((await box.running()).config.system.hostName).toBe('room');
});
