/** Which devices the entry programs are attached to. Links are pinned, so that they outlive the daemon. */
import { existsSync } from 'node:fs';
import { BpfLink, isNativeError } from '@gatehouse/native';
import type { InterfaceMode } from '../../api/services.ts';
import type { BoundInterfaces } from './compile/interfaces.ts';
import type { Entry, EntryProgram } from './entry.ts';
import { LINK_HOOKS, type LinkHook, type Pins } from './pins.ts';

type Device = BoundInterfaces['devices'][number];

const PROGRAM: Record<LinkHook, EntryProgram> = {
  'xdp-native': 'gh_entry_xdp',
  'xdp-generic': 'gh_entry_xdp',
  'tcx-ingress': 'gh_entry_tc_ingress',
  'tcx-egress': 'gh_entry_tc_egress',
};

/** Errors of drivers that have no XDP, or not in this state (MTU, queues, offloads): the generic mode works for them. */
const NO_NATIVE_XDP = new Set(['EOPNOTSUPP', 'EINVAL', 'ERANGE', 'ENOTSUP']);

/** Makes a link as attached as its device: the kernel keeps the link of a device that is gone, with ifindex 0. */
function isAlive(path: string, ifindex: number): boolean {
  if (!existsSync(path)) return false;
  const link = BpfLink.fromPin(path);
  try {
    return link.info.ifindex === ifindex;
  } finally {
    link.close();
  }
}

export class Attachments {
  readonly #pins: Pins;
  readonly #entry: Entry;

  constructor(pins: Pins, entry: Entry) {
    this.#pins = pins;
    this.#entry = entry;
  }

  /**
   * Attaches to the devices that are not attached yet. The egress guard comes first and XDP last, so that nothing is forwarded unjudged.
   * Returns the devices that were new.
   * @throws NativeError with the device's name; what was attached for that device is detached again
   */
  attach(devices: readonly Device[]): Device[] {
    const fresh: Device[] = [];
    for (const device of devices) {
      if (this.isAttached(device)) continue;
      this.detach(device.ifindex);
      fresh.push(device);
      try {
        this.#tcx(device, 'tcx-egress', 'egress');
        this.#tcx(device, 'tcx-ingress', 'ingress');
        if (device.xdp) this.#xdp(device);
      } catch (error) {
        for (const item of fresh) this.detach(item.ifindex);
        if (error instanceof Error) error.message = `${device.name}: ${error.message}`;
        throw error;
      }
    }
    return fresh;
  }

  #tcx(device: Device, hook: LinkHook, direction: 'ingress' | 'egress'): void {
    this.#keep(BpfLink.attachTcx(this.#entry.program(PROGRAM[hook]), device.ifindex, direction), device, hook);
  }

  #xdp(device: Device): void {
    const program = this.#entry.program('gh_entry_xdp');
    try {
      this.#keep(BpfLink.attachXdp(program, device.ifindex, 'native'), device, 'xdp-native');
    } catch (error) {
      if (!isNativeError(error) || !NO_NATIVE_XDP.has(error.code)) throw error;
      this.#keep(BpfLink.attachXdp(program, device.ifindex, 'generic'), device, 'xdp-generic');
    }
  }

  #keep(link: BpfLink, device: Device, hook: LinkHook): void {
    try {
      this.#pins.make(this.#pins.link(device.ifindex, hook).replace(/\/[^/]*$/, ''));
      link.pin(this.#pins.link(device.ifindex, hook));
    } finally {
      link.close();
    }
  }

  isAttached(device: Device): boolean {
    const alive = (hook: LinkHook) => isAlive(this.#pins.link(device.ifindex, hook), device.ifindex);
    const judged = !device.xdp || alive('xdp-native') || alive('xdp-generic');
    return judged && alive('tcx-ingress') && alive('tcx-egress');
  }

  detach(ifindex: number): void {
    for (const hook of LINK_HOOKS) this.#pins.unlink(this.#pins.link(ifindex, hook));
  }

  /** Detaches all devices but these. */
  detachOthers(devices: readonly Device[]): void {
    const wanted = new Set(devices.map((device) => device.ifindex));
    for (const { ifindex } of this.#pins.links()) if (!wanted.has(ifindex)) this.detach(ifindex);
  }

  /** How a device's packets come in. */
  mode(ifindex: number): InterfaceMode {
    const has = (hook: LinkHook) => existsSync(this.#pins.link(ifindex, hook));
    if (has('xdp-native')) return 'xdp-native';
    if (has('xdp-generic')) return 'xdp-generic';
    return has('tcx-ingress') ? 'tcx' : null;
  }
}
