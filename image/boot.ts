/**
 * `npm run image:boot`: boots the built image in QEMU (UEFI), its first three network cards in the namespaces gh-image-wan, gh-image-lan and gh-image-dmz. Ends with
 * Ctrl-C, and everything goes with it. What the box prints on its serial line is shown.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/inputs.ts';
import { cache, inChroot } from './chroot.ts';

const SEGMENTS = [
  { name: 'wan', host: '203.0.113.1/24', gateway: null },
  { name: 'lan', host: '192.168.1.10/24', gateway: '192.168.1.1' },
  { name: 'dmz', host: '10.20.0.10/24', gateway: '10.20.0.1' },
] as const;

function ip(...args: string[]): void {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr.trim()}`);
}

function takeDown(): void {
  for (const { name } of SEGMENTS) {
    for (const link of [`ghi-tap-${name}`, `ghi-br-${name}`])
      spawnSync('ip', ['link', 'delete', link], { stdio: 'ignore' });
    spawnSync('ip', ['netns', 'delete', `gh-image-${name}`], { stdio: 'ignore' });
  }
}

/** Namespace - veth - bridge - tap, one for each segment. */
function putUp(): void {
  takeDown();
  for (const { name, host, gateway } of SEGMENTS) {
    const [space, bridge, tap, port] = [`gh-image-${name}`, `ghi-br-${name}`, `ghi-tap-${name}`, `ghi-${name}`];
    ip('netns', 'add', space);
    ip('link', 'add', bridge, 'type', 'bridge', 'mcast_snooping', '0');
    ip('tuntap', 'add', 'dev', tap, 'mode', 'tap', 'multi_queue');
    ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    for (const link of [tap, port]) ip('link', 'set', link, 'master', bridge, 'up');
    ip('link', 'set', bridge, 'up');
    for (const link of ['lo', 'eth0']) ip('-n', space, 'link', 'set', link, 'up');
    ip('-n', space, 'address', 'add', host, 'dev', 'eth0');
    if (gateway) ip('-n', space, 'route', 'add', 'default', 'via', gateway);
  }
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const raw = `output/gatehouse_${version}.raw`;

/** A network card whose name in the guest follows its slot (enp0s4, ...). Two queue pairs and two for XDP, one a processor. */
const card = (name: string, slot: number): string[] => [
  ...['-netdev', `tap,id=${name},ifname=ghi-tap-${name},script=no,downscript=no,queues=4,vhost=off`],
  ...['-device', `virtio-net-pci,netdev=${name},mac=52:54:00:67:68:0${slot},addr=${slot},mq=on,vectors=10`],
];

async function main(): Promise<void> {
  if (!existsSync(join(cache, raw))) throw new Error('there is no image yet; run npm run image');
  const run = join(cache, 'run');
  mkdirSync(run, { recursive: true });
  for (const name of ['disk.qcow2', 'vars.fd']) rmSync(join(run, name), { force: true });
  await inChroot([
    'qemu-img',
    'create',
    '-q',
    '-f',
    'qcow2',
    '-b',
    `/gatehouse/${raw}`,
    '-F',
    'raw',
    '/gatehouse/run/disk.qcow2',
    '6G',
  ]);
  await inChroot(['cp', '/usr/share/OVMF/OVMF_VARS_4M.fd', '/gatehouse/run/vars.fd']);
  putUp();
  console.log(
    'the page, once the box is up: http://192.168.1.1:8080/ in the LAN: nsenter --net=/run/netns/gh-image-lan curl http://192.168.1.1:8080/',
  );
  await inChroot([
    ...['qemu-system-x86_64', '-nodefaults', '-display', 'none', '-M', 'q35,vmport=off,smm=off'],
    ...(existsSync('/dev/kvm')
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max']),
    ...['-smp', '2', '-m', '1536', '-device', 'virtio-rng-pci,addr=2'],
    ...['-drive', 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd'],
    ...['-drive', 'if=pflash,format=raw,file=/gatehouse/run/vars.fd'],
    ...['-drive', 'file=/gatehouse/run/disk.qcow2,if=none,id=disk,format=qcow2,cache=unsafe,discard=unmap'],
    ...['-device', 'virtio-blk-pci,drive=disk,addr=3'],
    ...SEGMENTS.flatMap(({ name }, index) => card(name, 4 + index)),
    ...['-serial', 'file:/gatehouse/run/serial.log'],
  ]);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
try {
  await main();
} catch (error) {
  console.error(`image: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  takeDown();
}
