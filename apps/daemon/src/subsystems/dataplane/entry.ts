/** The entry programs stay attached to the devices for the life of an instance; a commit only changes the slots they jump to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BpfMap, BpfObject, BpfProgram, u32 } from '@gatehouse/native';
import { type Generation, OBJECTS, type ProgramName } from './generation.ts';
import type { Pins } from './pins.ts';

const MAPS = ['xdp_slot', 'tc_slots'] as const;
const PROGRAMS = ['gh_entry_xdp', 'gh_entry_tc_ingress', 'gh_entry_tc_egress'] as const;
export type EntryProgram = (typeof PROGRAMS)[number];

type Slot = { map: (typeof MAPS)[number]; index: number; program: ProgramName };

/** Egress first: it must know the proof of a packet that a newer ingress judged. All generations of a boot share the proof. */
const SLOTS: readonly Slot[] = [
  { map: 'tc_slots', index: 1, program: 'gh_tc_egress' },
  { map: 'tc_slots', index: 0, program: 'gh_tc_ingress' },
  { map: 'xdp_slot', index: 0, program: 'gh_fast' },
];

export class Entry {
  readonly #maps = new Map<string, BpfMap>();
  readonly #programs = new Map<string, BpfProgram>();

  private constructor(pins: Pins) {
    for (const name of MAPS) this.#maps.set(name, BpfMap.fromPin(pins.entry(name)));
    for (const name of PROGRAMS) this.#programs.set(name, BpfProgram.fromPin(pins.entry(name)));
  }

  /** Opens the pinned entry programs; null when they are not there. */
  static find(pins: Pins): Entry | null {
    return [...MAPS, ...PROGRAMS].every((name) => existsSync(pins.entry(name))) ? new Entry(pins) : null;
  }

  /** Loads and pins the entry programs. `reasonCounters`: where packets are counted that meet an empty slot. */
  static async load(pins: Pins, objects: string, reasonCounters: BpfMap): Promise<Entry> {
    const object = BpfObject.open(join(objects, OBJECTS.entry));
    try {
      object.reuseMap('reason_counters', reasonCounters);
      await object.load();
      pins.removeTree(pins.entry(''));
      pins.make(pins.entry(''));
      for (const name of MAPS) object.map(name).pin(pins.entry(name));
      for (const name of PROGRAMS) object.program(name).pin(pins.entry(name));
    } finally {
      object.close();
    }
    return new Entry(pins);
  }

  program(name: EntryProgram): BpfProgram {
    return this.#programs.get(name) as BpfProgram;
  }

  /** The switch: each hook goes from one complete generation to the other between two packets. */
  flip(generation: Generation): void {
    for (const { map, index, program } of SLOTS)
      this.#maps.get(map)?.update(u32(index), u32(generation.program(program).fd));
  }

  /** Empties the slots: every packet is dropped. */
  clear(): void {
    for (const { map, index } of SLOTS) this.#maps.get(map)?.delete(u32(index));
  }

  /** Kernel ids of the programs in the slots that differ from a generation's; empty when it is the one that runs. */
  deviations(generation: Generation): { program: ProgramName; expected: number; found: number }[] {
    return SLOTS.flatMap(({ map, index, program }) => {
      const expected = generation.program(program).id;
      // the kernel answers a look-up in a prog array with the program's id
      const found = this.#maps.get(map)?.lookup(u32(index))?.readUInt32LE() ?? 0;
      return found === expected ? [] : [{ program, expected, found }];
    });
  }

  close(): void {
    for (const item of [...this.#maps.values(), ...this.#programs.values()]) item.close();
  }
}
