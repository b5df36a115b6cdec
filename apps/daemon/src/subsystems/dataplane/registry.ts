/**
 * The persisted numbering of configuration objects. The pipeline knows objects by number only: sessions, events and counters carry
 * registry ids, so a number must mean the same object for ever, over restarts and commits. Numbers are never given twice, and the name of
 * a deleted object stays known for old events. Slots (zones, interfaces, counters) are indexes into fixed-size arrays: a slot stays with its
 * object, and only when all were used once does the slot of the object that was deleted longest ago serve again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { limit } from '@gatehouse/bpf/abi';
import { writeDurably } from '../../state/files.ts';

export const OBJECT_KINDS = [
  'policy',
  'source-nat',
  'destination-nat',
  'static-nat',
  'zone',
  'interface',
  'application',
  'revision',
  'default-deny',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export type RegistryEntry = {
  number: number;
  kind: ObjectKind;
  /** Stable id of the configuration object; for a revision its hash. */
  id: string;
  /** The name it had last. */
  name: string;
  /** Number of the commit that deleted it; absent while it exists. */
  deletedAt?: number;
};

const SLOT_KINDS = ['zone', 'interface', 'counter'] as const;
export type SlotKind = (typeof SLOT_KINDS)[number];

/** First slot to give away and number of slots of each array (abi.h: gh_limit; zone 0 = unassigned, 1 = the box itself). */
export const SLOT_RANGE: Record<SlotKind, { first: number; end: number }> = {
  zone: { first: 2, end: limit.maxZones },
  interface: { first: 1, end: limit.maxIfaces },
  counter: { first: 1, end: limit.maxCounted },
};

type Slots = { next: number; ofObject: Map<number, number>; ofSlot: Map<number, number> };

type FileForm = {
  version: 1;
  next: number;
  commit: number;
  generation: number;
  objects: [number, ObjectKind, string, string, number?][];
  slots: Record<SlotKind, { next: number; used: [number, number][] }>;
};

/** All slots of an array are taken by objects that exist. */
export class SlotsExhausted extends Error {
  readonly kind: SlotKind;
  constructor(kind: SlotKind) {
    super(`all ${SLOT_RANGE[kind].end - SLOT_RANGE[kind].first} ${kind} slots are in use`);
    this.name = 'SlotsExhausted';
    this.kind = kind;
  }
}

export class Registry {
  #byNumber = new Map<number, RegistryEntry>();
  #byKey = new Map<string, RegistryEntry>();
  #slots: Record<SlotKind, Slots>;
  #next = 1;
  #commit = 0;
  #generation = 0;
  /** Objects named since the draft was made; the others count as deleted when it is adopted. */
  #touched = new Set<number>();
  /** Counter slots that a draft took over from deleted objects: to be zeroed before the generation that uses them runs. */
  readonly reusedCounters: number[] = [];

  constructor() {
    const empty = (kind: SlotKind): Slots => ({ next: SLOT_RANGE[kind].first, ofObject: new Map(), ofSlot: new Map() });
    this.#slots = { zone: empty('zone'), interface: empty('interface'), counter: empty('counter') };
  }

  /**
   * Reads the registry of a state directory; a missing file is an empty registry.
   * @throws Error when the file is there and is not a registry: going on would give known numbers a new meaning.
   */
  static load(path: string): Registry {
    const registry = new Registry();
    if (!existsSync(path)) return registry;
    let form: FileForm;
    try {
      form = JSON.parse(readFileSync(path, 'utf8')) as FileForm;
    } catch (error) {
      throw new Error(
        `${path} is not valid JSON (${(error as Error).message}): restore it from a backup, or run cleanup and start anew`,
      );
    }
    if (form.version !== 1)
      throw new Error(`${path} has version ${form.version}, this program reads version 1: use a newer program`);
    registry.#next = form.next;
    registry.#commit = form.commit;
    registry.#generation = form.generation;
    for (const [number, kind, id, name, deletedAt] of form.objects) {
      const entry: RegistryEntry = { number, kind, id, name };
      if (deletedAt !== undefined) entry.deletedAt = deletedAt;
      registry.#enter(entry);
    }
    for (const kind of SLOT_KINDS) {
      const slots = registry.#slots[kind];
      slots.next = form.slots[kind].next;
      for (const [object, slot] of form.slots[kind].used) {
        slots.ofObject.set(object, slot);
        slots.ofSlot.set(slot, object);
      }
    }
    return registry;
  }

  #enter(entry: RegistryEntry): void {
    this.#byNumber.set(entry.number, entry);
    this.#byKey.set(`${entry.kind} ${entry.id}`, entry);
  }

  /** A copy to allocate in while planning. Throwing it away changes nothing; {@link adopt} makes it the truth. */
  draft(): Registry {
    const copy = new Registry();
    copy.#next = this.#next;
    copy.#commit = this.#commit + 1;
    copy.#generation = this.#generation;
    for (const entry of this.#byNumber.values()) copy.#enter({ ...entry });
    for (const kind of SLOT_KINDS) {
      const from = this.#slots[kind];
      copy.#slots[kind] = { next: from.next, ofObject: new Map(from.ofObject), ofSlot: new Map(from.ofSlot) };
    }
    return copy;
  }

  /**
   * Makes a draft the truth. Objects that the draft did not name are deleted from now on: their numbers keep their meaning.
   * @throws Error when another draft of the same base was adopted before.
   */
  adopt(draft: Registry): void {
    if (draft.#commit !== this.#commit + 1)
      throw new Error('the registry changed since this configuration was planned: plan it again');
    for (const entry of draft.#byNumber.values()) {
      if (draft.#touched.has(entry.number)) delete entry.deletedAt;
      else entry.deletedAt ??= draft.#commit;
    }
    this.#byNumber = new Map(draft.#byNumber);
    this.#byKey = new Map(draft.#byKey);
    this.#slots = draft.#slots;
    this.#next = draft.#next;
    this.#commit = draft.#commit;
  }

  /** Numbers named since this draft was made. */
  named(): ReadonlySet<number> {
    return this.#touched;
  }

  /** Sets which objects exist, after an undo: exactly those that the draft of the restored configuration named. */
  markExisting(numbers: ReadonlySet<number>): void {
    for (const entry of this.#byNumber.values()) {
      if (numbers.has(entry.number)) delete entry.deletedAt;
      else entry.deletedAt ??= this.#commit;
    }
  }

  /** Number of an object; a new one when it has none. Remembers `name` for events. */
  number(kind: ObjectKind, id: string, name: string): number {
    let entry = this.#byKey.get(`${kind} ${id}`);
    if (!entry) {
      entry = { number: this.#next++, kind, id, name };
      this.#enter(entry);
    }
    entry.name = name;
    this.#touched.add(entry.number);
    return entry.number;
  }

  /**
   * Slot of an object in one of the fixed-size arrays.
   * @throws SlotsExhausted when every slot belongs to an object that exists.
   */
  slot(kind: SlotKind, object: number): number {
    const slots = this.#slots[kind];
    const known = slots.ofObject.get(object);
    if (known !== undefined) return known;
    const slot = slots.next < SLOT_RANGE[kind].end ? slots.next++ : this.#reclaim(kind);
    slots.ofObject.set(object, slot);
    slots.ofSlot.set(slot, object);
    return slot;
  }

  #reclaim(kind: SlotKind): number {
    const slots = this.#slots[kind];
    let oldest: RegistryEntry | undefined;
    for (const object of slots.ofObject.keys()) {
      const entry = this.#byNumber.get(object);
      if (entry?.deletedAt === undefined || this.#touched.has(object)) continue;
      if (!oldest || entry.deletedAt < (oldest.deletedAt as number)) oldest = entry;
    }
    if (!oldest) throw new SlotsExhausted(kind);
    const slot = slots.ofObject.get(oldest.number) as number;
    slots.ofObject.delete(oldest.number);
    if (kind === 'counter') this.reusedCounters.push(slot);
    return slot;
  }

  /** What a number means (also of deleted objects), or undefined for a number never given. */
  entry(number: number): RegistryEntry | undefined {
    return this.#byNumber.get(number);
  }

  /** Finds an object that has a number, without giving it one. */
  find(kind: ObjectKind, id: string): RegistryEntry | undefined {
    return this.#byKey.get(`${kind} ${id}`);
  }

  /** Object in a slot now, or undefined. */
  atSlot(kind: SlotKind, slot: number): RegistryEntry | undefined {
    const object = this.#slots[kind].ofSlot.get(slot);
    return object === undefined ? undefined : this.#byNumber.get(object);
  }

  /** Slot of an object, without giving it one. */
  slotOf(kind: SlotKind, object: number): number | undefined {
    return this.#slots[kind].ofObject.get(object);
  }

  /** Numbers of all objects that exist. */
  existingNumbers(): Set<number> {
    return new Set([...this.#byNumber.values()].filter((entry) => entry.deletedAt === undefined).map((e) => e.number));
  }

  /** All objects of a kind that exist. */
  existing(kind: ObjectKind): RegistryEntry[] {
    return [...this.#byNumber.values()].filter((entry) => entry.kind === kind && entry.deletedAt === undefined);
  }

  /** The next generation number: unique for the life of the state directory. Save before using it. */
  nextGeneration(): number {
    this.#generation += 1;
    return this.#generation;
  }

  /** Makes sure that generation numbers found in the kernel are not given again. */
  noteGeneration(generation: number): void {
    this.#generation = Math.max(this.#generation, generation);
  }

  /** Writes the registry so that a crash leaves either the old or the new file. */
  save(path: string): void {
    const form: FileForm = {
      version: 1,
      next: this.#next,
      commit: this.#commit,
      generation: this.#generation,
      objects: [...this.#byNumber.values()].map((e) =>
        e.deletedAt === undefined ? [e.number, e.kind, e.id, e.name] : [e.number, e.kind, e.id, e.name, e.deletedAt],
      ),
      slots: Object.fromEntries(
        SLOT_KINDS.map((kind) => [kind, { next: this.#slots[kind].next, used: [...this.#slots[kind].ofObject] }]),
      ) as FileForm['slots'],
    };
    writeDurably(path, JSON.stringify(form));
  }
}
