/**
 * A box in QEMU between three networks. All of it stands in network namespaces of its own and is recorded like a lab, so that nothing outlives
 * whoever started it: NAME-box holds QEMU, its taps and bridges; NAME-wan, NAME-lan and NAME-dmz are the hosts around it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { recordProcess, removeLab, writeRecord } from '../test/lab/leftovers.ts';
import { endAll, identify, isAlive, type ProcessId, run, sleep, startDetached } from '../test/lab/process.ts';
import { cache, enter, inChroot } from './chroot.ts';

export const SEGMENTS = [
  { name: 'wan', host: '203.0.113.1/24', gateway: null },
  { name: 'lan', host: '192.168.1.10/24', gateway: '192.168.1.1' },
  { name: 'dmz', host: '10.20.0.10/24', gateway: '10.20.0.1' },
] as const;
export type Segment = (typeof SEGMENTS)[number]['name'];

export type MachineOptions = {
  /** Of the namespaces and the record: "gh-image". */
  name: string;
  /** Disk image in the cache's output directory. */
  raw: string;
  /** Number of network cards, at most 3: the rest of the segments has no card. */
  cards?: number;
  /** The image is a USB stick, beside an empty disk of 4 GB. */
  stick?: boolean;
  /** A screen and a USB keyboard, used by QEMU's monitor. */
  display?: boolean;
};

/** A card whose name in the guest follows its slot (enp0s4, ...). Two queue pairs, and two for XDP: one a processor. */
const card = (name: string, slot: number): string[] => [
  ...['-netdev', `tap,id=${name},ifname=tap-${name},script=no,downscript=no,queues=4,vhost=off`],
  ...['-device', `virtio-net-pci,netdev=${name},mac=52:54:00:67:68:0${slot},addr=${slot},mq=on,vectors=10`],
];

const SECTOR = 512;
/** Discoverable Partitions Specification: root, x86-64; the first three fields of a GUID are little-endian (UEFI 2.10, appendix A). */
const ROOT_TYPE = 'e3bc684fcde8b14d96e7fbcaf984b709';

/** Where a root partition begins, in bytes. `head`: the disk's first megabyte. UEFI 2.10, section 5.3: GUID partition table. */
function rootOffset(head: Buffer, label: string): bigint {
  const table = Number(head.readBigUInt64LE(SECTOR + 72)) * SECTOR;
  const [count, size] = [head.readUInt32LE(SECTOR + 80), head.readUInt32LE(SECTOR + 84)];
  for (let at = table; at < table + count * size; at += size) {
    const name = head.toString('utf16le', at + 56, at + 128).replace(/\0.*$/s, '');
    if (head.toString('hex', at, at + 16) === ROOT_TYPE && name === label)
      return head.readBigUInt64LE(at + 32) * BigInt(SECTOR);
  }
  throw new Error(`no root partition is called ${label}`);
}

export class Machine {
  private readonly options: MachineOptions;
  private qemu: ProcessId | null = null;
  private stickIsIn: boolean;

  private constructor(options: MachineOptions) {
    this.options = options;
    this.stickIsIn = options.stick === true;
  }

  /** Networks up, and a fresh disk of 4 GB over the image; the machine is off. */
  static async make(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    await removeLab(options.name);
    const owner = identify(process.pid);
    writeRecord({
      name: options.name,
      owner,
      namespaces: ['box', ...SEGMENTS.map((item) => item.name)].map(machine.namespace),
    });
    await machine.networks();
    rmSync(machine.directory, { recursive: true, force: true });
    mkdirSync(machine.directory, { recursive: true });
    const backing = ['-b', `/gatehouse/output/${options.raw}`, '-F', 'raw'];
    await inChroot(['qemu-img', 'create', '-q', '-f', 'qcow2', ...backing, `${machine.inside}/disk.qcow2`, '4G']);
    if (options.stick)
      await inChroot(['qemu-img', 'create', '-q', '-f', 'qcow2', `${machine.inside}/spare.qcow2`, '4G']);
    await inChroot(['cp', '/usr/share/OVMF/OVMF_VARS_4M.fd', `${machine.inside}/vars.fd`]);
    return machine;
  }

  /** Of its record: what is started beside it is recorded there as well. */
  get name(): string {
    return this.options.name;
  }

  /** Name of a network namespace. */
  readonly namespace = (place: string): string => `${this.options.name}-${place}`;

  private get directory(): string {
    return join(cache, 'run', this.options.name);
  }

  /** The directory as the chroot sees it. */
  private get inside(): string {
    return `/gatehouse/run/${this.options.name}`;
  }

  /** Namespace - veth - bridge - tap, one for each segment. */
  private async networks(): Promise<void> {
    const box = this.namespace('box');
    const ip = (...args: string[]) => run(['ip', ...args]);
    await ip('netns', 'add', box);
    for (const { name, host, gateway } of SEGMENTS) {
      const space = this.namespace(name);
      await ip('netns', 'add', space);
      await ip('-n', box, 'link', 'add', `br-${name}`, 'type', 'bridge', 'mcast_snooping', '0');
      await ip('-n', box, 'tuntap', 'add', 'dev', `tap-${name}`, 'mode', 'tap', 'multi_queue');
      await ip('-n', box, 'link', 'add', `veth-${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      for (const link of ['tap', 'veth'])
        await ip('-n', box, 'link', 'set', `${link}-${name}`, 'master', `br-${name}`, 'up');
      await ip('-n', box, 'link', 'set', `br-${name}`, 'up');
      for (const link of ['lo', 'eth0']) await ip('-n', space, 'link', 'set', link, 'up');
      await ip('-n', space, 'address', 'add', host, 'dev', 'eth0');
      if (gateway) await ip('-n', space, 'route', 'add', 'default', 'via', gateway);
    }
  }

  /** Power on. Resolves at once; the box needs about half a minute to its page. */
  powerOn(): void {
    if (this.isOn) throw new Error('the machine is on already');
    const { inside, options } = this;
    // by emulation unless asked: the KVM of some machines starts no firmware
    const accelerator =
      process.env.GATEHOUSE_KVM === '1'
        ? ['-accel', 'kvm', '-cpu', 'host']
        : ['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max'];
    const argv = enter([
      ...['qemu-system-x86_64', '-nodefaults', '-display', 'none', '-M', 'q35,vmport=off,smm=on', ...accelerator],
      ...['-smp', '2', '-m', '1536', '-device', 'virtio-rng-pci,addr=2'],
      ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
      ...['-drive', 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd'],
      ...['-drive', `if=pflash,format=raw,file=${inside}/vars.fd`],
      ...['-device', 'qemu-xhci,addr=8'],
      ...this.disks(),
      ...SEGMENTS.slice(0, options.cards ?? SEGMENTS.length).flatMap(({ name }, index) => card(name, 4 + index)),
      ...[
        '-chardev',
        `socket,id=serial,path=${inside}/serial.sock,server=on,wait=off,logfile=${inside}/serial.log,logappend=off`,
      ],
      ...['-serial', 'chardev:serial'],
      ...(options.display ? ['-vga', 'std', '-device', 'usb-kbd'] : []),
      ...['-monitor', `unix:${inside}/monitor.sock,server=on,wait=off`],
    ]);
    const child = startDetached(argv, { netns: this.namespace('box'), logFile: join(this.directory, 'qemu.log') });
    recordProcess(options.name, child.id);
    this.qemu = child.id;
  }

  private disks(): string[] {
    const drive = (file: string) => [
      ...['-drive', `file=${this.inside}/${file}.qcow2,if=none,id=${file},format=qcow2,cache=unsafe,discard=unmap`],
    ];
    const inside = (file: string) => [...drive(file), '-device', `virtio-blk-pci,drive=${file},addr=3`];
    if (!this.stickIsIn) return inside(this.options.stick ? 'spare' : 'disk');
    return [...inside('spare'), ...drive('disk'), '-device', 'usb-storage,drive=disk'];
  }

  /** While the machine is off. */
  takeStickOut(): void {
    if (this.isOn) throw new Error('the machine is on');
    this.stickIsIn = false;
  }

  get isOn(): boolean {
    return this.qemu !== null && isAlive(this.qemu);
  }

  /** The plug is pulled. */
  async cutPower(): Promise<void> {
    if (this.qemu) await endAll([this.qemu], 0);
    this.qemu = null;
  }

  /** Waits until the box has switched itself off. @throws after `seconds` */
  async off(seconds = 60): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while (this.isOn) {
      if (Date.now() > until) throw new Error(`the machine is still on after ${seconds} s`);
      await sleep(200);
    }
  }

  /** What the box wrote on its serial line since power on: for people, not for tests. */
  serial(): string {
    const file = join(this.directory, 'serial.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** The other end of the serial line. Must be read: the box waits for it. */
  serialLine(): Socket {
    return connect(join(this.directory, 'serial.sock'));
  }

  /** A command of QEMU's monitor, such as "sendkey ret" (QEMU documentation, "QEMU Monitor"). What it prints is left. */
  monitor(command: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.directory, 'monitor.sock'));
      let prompts = 0;
      socket.setEncoding('utf8').on('data', (text: string) => {
        prompts += text.split('(qemu) ').length - 1;
        if (prompts === 1) socket.write(`${command}\n`);
        if (prompts > 1) socket.end();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
  }

  /** What stands on the screen, as a PNG for people, and as pixels: three bytes each (the "P6" of Netpbm). */
  async screen(): Promise<{ png: string; width: number; height: number; data: Uint8Array }> {
    for (const format of ['png', 'ppm']) await this.monitor(`screendump ${this.inside}/screen.${format} -f ${format}`);
    const file = readFileSync(join(this.directory, 'screen.ppm'));
    const [head = '', width, height] = /^P6\s(\d+) (\d+)\s255\s/.exec(file.toString('latin1', 0, 40)) ?? [];
    const png = join(this.directory, 'screen.png');
    return { png, width: Number(width), height: Number(height), data: new Uint8Array(file.subarray(head.length)) };
  }

  /** What QEMU itself had to say. */
  trouble(): string {
    return readFileSync(join(this.directory, 'qemu.log'), 'utf8');
  }

  /**
   * Spoils the first bytes of a root slot, while the machine is off: its file system, and what its hashes say.
   * @throws Error when no root partition carries the label
   */
  async damage(label: string): Promise<void> {
    if (this.isOn) throw new Error('the machine is on');
    const [disk, head] = [`${this.inside}/disk.qcow2`, `${this.inside}/head`];
    await inChroot(['qemu-img', 'dd', '-f', 'qcow2', '-O', 'raw', 'bs=1M', 'count=1', `if=${disk}`, `of=${head}`]);
    const offset = rootOffset(readFileSync(join(this.directory, 'head')), label);
    await inChroot(['qemu-io', '-f', 'qcow2', '-c', `write -P 0xa5 ${offset} 64k`, disk]);
  }

  async remove(): Promise<void> {
    await this.cutPower();
    await removeLab(this.options.name);
  }
}
