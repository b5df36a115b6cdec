/** Which devices the entry programs are attached to. Links are pinned, so that they outlive the daemon. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
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

export class Attachments {
  readonly #pins: Pins;
  readonly #entry: Entry;

  constructor(pins: Pins, entry: Entry) {
    this.#pins = pins;
    this.#entry = entry;
  }

  /**
   * Attaches what is missing; hooks that are attached are left as they are. The egress guard comes first and XDP last, so that nothing is
   * forwarded unjudged.
   * @throws NativeError with the device's name; what this call attached is detached again
   */
  attach(devices: readonly Device[]): void {
    const fresh: string[] = [];
    for (const device of devices)
      try {
        for (const direction of ['egress', 'ingress'] as const)
          if (!this.#isAlive(device, `tcx-${direction}`)) fresh.push(this.#tcx(device, direction));
        if (device.xdp && !this.#isJudgedByXdp(device)) fresh.push(this.#xdp(device));
      } catch (error) {
        for (const path of fresh) this.#pins.unlink(path);
        if (error instanceof Error) error.message = `${device.name}: ${error.message}`;
        throw error;
      }
  }

  #tcx(device: Device, direction: 'ingress' | 'egress'): string {
    const hook = `tcx-${direction}` as const;
    return this.#keep(BpfLink.attachTcx(this.#entry.program(PROGRAM[hook]), device.ifindex, direction), device, hook);
  }

  #xdp(device: Device): string {
    const program = this.#entry.program('gh_entry_xdp');
    try {
      return this.#keep(BpfLink.attachXdp(program, device.ifindex, 'native'), device, 'xdp-native');
    } catch (error) {
      if (!isNativeError(error) || !NO_NATIVE_XDP.has(error.code)) throw error;
      return this.#keep(BpfLink.attachXdp(program, device.ifindex, 'generic'), device, 'xdp-generic');
    }
  }

  /** Pins a link in place of one that died with its device; its path. */
  #keep(link: BpfLink, device: Device, hook: LinkHook): string {
    const path = this.#pins.link(device.ifindex, hook);
    try {
      this.#pins.make(dirname(path));
      this.#pins.unlink(path);
      link.pin(path);
    } finally {
      link.close();
    }
    return path;
  }

  /** Is there a link of this hook, on this device? The kernel keeps the link of a device that is gone, with ifindex 0. */
  #isAlive(device: Device, hook: LinkHook): boolean {
    const path = this.#pins.link(device.ifindex, hook);
    if (!existsSync(path)) return false;
    const link = BpfLink.fromPin(path);
    try {
      return link.info.ifindex === device.ifindex;
    } finally {
      link.close();
    }
  }

  #isJudgedByXdp(device: Device): boolean {
    return this.#isAlive(device, 'xdp-native') || this.#isAlive(device, 'xdp-generic');
  }

  isAttached(device: Device): boolean {
    const guarded = this.#isAlive(device, 'tcx-ingress') && this.#isAlive(device, 'tcx-egress');
    return guarded && (!device.xdp || this.#isJudgedByXdp(device));
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
