/** The kernel objects of one instance: which generation runs, on which state maps, attached to which devices. */
import type { Facts } from '../subsystem.ts';
import { Attachments } from './attachments.ts';
import { type BoundInterfaces, bindInterfaces } from './compile/interfaces.ts';
import { Entry } from './entry.ts';
import { fillInterfaces } from './fill.ts';
import { Generation } from './generation.ts';
import { FibEpoch, syncLocalAddresses } from './network-state.ts';
import type { Pins } from './pins.ts';
import type { DataplanePlan } from './plan.ts';
import { openState, type StateMaps } from './state.ts';

/** A generation with what it was made from. One that was found in the kernel at the start has no plan. */
export type Running = {
  generation: Generation;
  state: StateMaps;
  made: { plan: DataplanePlan; bound: BoundInterfaces } | null;
};

/** A generation that this daemon made. */
export type Made = Running & { made: NonNullable<Running['made']> };

const isMade = (running: Running): running is Made => running.made !== null;

export class Kernel {
  readonly pins: Pins;
  readonly #objects: string;
  #entry: Entry | null = null;
  #running: Running | null = null;
  /** What ran before, as long as an undo may want it. */
  #previous: Running | null = null;
  #epoch: FibEpoch | null = null;

  constructor(pins: Pins, objects: string) {
    this.pins = pins;
    this.#objects = objects;
    pins.make(pins.root);
  }

  /** Takes over what an earlier daemon left running; null when there is nothing, or nothing complete. */
  adopt(): Running | null {
    const entry = Entry.find(this.pins);
    if (!entry) return null;
    this.#entry = entry;
    const state = openState(this.pins, this.pins.layouts().at(-1) ?? 1);
    for (const number of state ? this.pins.generations().reverse() : []) {
      const generation = Generation.open(this.pins, number);
      if (generation && state && entry.deviations(generation).length === 0) {
        this.#use({ generation, state, made: null });
        return this.#running;
      }
      generation?.close();
    }
    state?.close();
    return null;
  }

  get running(): Running | null {
    return this.#running;
  }

  #use(running: Running | null): void {
    this.#running = running;
    this.#epoch = running && new FibEpoch(running.state);
  }

  get #attachments(): Attachments | null {
    return this.#entry && new Attachments(this.pins, this.#entry);
  }

  /**
   * Makes a prepared generation the running one and attaches to its devices. Returns what ran before.
   * @throws when a device can not be attached to; what ran before then runs again
   */
  async switchTo(next: Made, facts: Facts): Promise<Running | null> {
    const before = this.#running;
    this.#previous = before;
    this.#entry ??= await Entry.load(this.pins, this.#objects, next.state.get('reason_counters'));
    const bound = bindInterfaces(next.made.plan.interfaces, facts);
    this.#rebind(next, bound);
    syncLocalAddresses(next.state.get('local_addrs'), facts.interfaces);
    this.#entry.flip(next.generation);
    this.#use(next);
    this.#epoch?.bump();
    try {
      this.#attachments?.attach(bound.devices);
    } catch (error) {
      this.restore(before);
      throw error;
    }
    this.#attachments?.detachOthers(bound.devices);
    return before;
  }

  /** Goes back to what ran before; null = nothing did: the slots are emptied and all devices are let go. */
  restore(before: Running | null): void {
    this.#use(before);
    if (before) {
      this.#entry?.flip(before.generation);
      this.#epoch?.bump();
      if (before.made) {
        this.#attachments?.attach(before.made.bound.devices);
        this.#attachments?.detachOthers(before.made.bound.devices);
      }
    } else {
      this.#attachments?.detachOthers([]);
      this.#entry?.clear();
    }
  }

  /** Writes the kernel's numbers of the devices into a generation's maps, where they differ. */
  #rebind(target: Made, bound: BoundInterfaces): void {
    const open = new Map<string, ReturnType<Generation['openMap']>>();
    try {
      fillInterfaces(
        (name) => {
          const map = open.get(name) ?? target.generation.openMap(name);
          open.set(name, map);
          return map;
        },
        target.made.bound,
        bound,
      );
    } finally {
      for (const map of open.values()) map.close();
    }
    target.made.bound = bound;
  }

  /**
   * The network changed: the box's addresses, the devices' numbers, next hops. Returns the addresses (16 bytes, hex) that the network took back
   * from interfaces which have none of their own.
   */
  networkChanged(facts: Facts): string[] {
    const running = this.#running;
    if (!running) return [];
    syncLocalAddresses(running.state.get('local_addrs'), facts.interfaces);
    let lost: string[] = [];
    if (isMade(running)) {
      const bound = bindInterfaces(running.made.plan.interfaces, facts);
      if (!sameBinding(bound, running.made.bound)) {
        const given = givenAddresses(running.made.plan, bound);
        lost = [...givenAddresses(running.made.plan, running.made.bound)].filter((address) => !given.has(address));
        this.#rebind(running, bound);
        this.#attachments?.attach(bound.devices);
        this.#attachments?.detachOthers(bound.devices);
      }
    }
    this.#epoch?.bump();
    return lost;
  }

  /** Programs in the slots that are not those of the running generation, and devices that are not attached. */
  deviations(): { what: string; expected: string; found: string }[] {
    const running = this.#running;
    if (!running || !this.#entry) return [{ what: 'pipeline', expected: 'a generation', found: 'none' }];
    const slots = this.#entry.deviations(running.generation).map(({ program, expected, found }) => ({
      what: `slot of ${program}`,
      expected: `program ${expected}`,
      found: found ? `program ${found}` : 'empty',
    }));
    const devices = running.made?.bound.devices ?? [];
    return [
      ...slots,
      ...devices
        .filter((device) => !this.#attachments?.isAttached(device))
        .map((device) => ({ what: device.name, expected: 'attached', found: 'not attached' })),
    ];
  }

  attachmentMode(ifindex: number) {
    return this.#attachments?.mode(ifindex) ?? null;
  }

  /** Nothing goes back any more: gives up all generations and state layouts but the running ones, descriptors and pins. */
  removeOthers(): void {
    const running = this.#running;
    const previous = this.#previous;
    this.#previous = null;
    if (previous && previous.generation !== running?.generation) previous.generation.close();
    if (previous && previous.state !== running?.state) previous.state.close();
    for (const number of this.pins.generations())
      if (number !== running?.generation.number) this.pins.removeTree(this.pins.generation(number));
    for (const layout of this.pins.layouts())
      if (layout !== running?.state.layout) this.pins.removeTree(this.pins.state(layout));
  }
}

/** Addresses (16 bytes, hex) of interfaces that get theirs from the network. */
function givenAddresses(plan: DataplanePlan, bound: BoundInterfaces): Set<string> {
  const given = new Set<string>();
  for (const { slot, addr4, addr6 } of plan.interfaces) {
    const row = bound.ifaces.get(slot);
    if (row && addr4 === null) given.add(Buffer.from(row.addr4).toString('hex'));
    if (row && addr6 === null) given.add(Buffer.from(row.addr6).toString('hex'));
  }
  return given;
}

function sameBinding(a: BoundInterfaces, b: BoundInterfaces): boolean {
  const plain = (bound: BoundInterfaces) =>
    JSON.stringify([
      [...bound.ifaces].map(([slot, row]) => [
        ...[slot, row.ifindex, row.l3Ifindex, row.mtu, row.flags],
        ...[[...row.mac], [...row.addr4], [...row.addr6]],
      ]),
      [...bound.byIndex],
      bound.byVlan,
      [...bound.ports],
      bound.devices,
    ]);
  return plain(a) === plain(b);
}
