/**
 * The state maps: pinned once, used by every generation. A generation is loaded on the maps that are there; when their layout no longer fits
 * the programs, a new set is made in a pin directory of the next number, and the old one goes when the old generation goes.
 */
import { existsSync } from 'node:fs';
import { BpfMap, type BpfObject, type MapDescription } from '@gatehouse/native';
import type { Pins } from './pins.ts';

export const STATE_MAPS = [
  'sessions',
  'session_replies',
  'flow_cache4',
  'flow_cache6',
  'clock',
  'local_addrs',
  'fragments',
  'rule_counters',
  'reason_counters',
  'iface_counters',
  'totals',
  'events',
] as const;
export type StateMapName = (typeof STATE_MAPS)[number];

/** Sizes that the operator chooses: they hold from the first start until cleanup, because the maps live on. */
export type StateSizes = {
  sessions: number;
  /** Sets of two entries; powers of two. */
  flowCache4Sets: number;
  flowCache6Sets: number;
};

/** Sets of the two flow caches for a wanted number of IPv4 flows. An IPv6 entry is twice as large, so it gets half as many. */
export function cacheSets(flows: number): { flowCache4Sets: number; flowCache6Sets: number } {
  const sets = 2 ** Math.ceil(Math.log2(Math.max(2, flows) / 2));
  return { flowCache4Sets: sets, flowCache6Sets: Math.max(1, sets / 2) };
}

export class StateMaps {
  /** Number of the pin directory. */
  readonly layout: number;
  readonly #maps: ReadonlyMap<StateMapName, BpfMap>;

  constructor(layout: number, maps: ReadonlyMap<StateMapName, BpfMap>) {
    this.layout = layout;
    this.#maps = maps;
  }

  get(name: StateMapName): BpfMap {
    const map = this.#maps.get(name);
    if (!map) throw new Error(`the state map ${name} is not open`);
    return map;
  }

  /** The sizes the maps have, whatever was asked for. */
  get sizes(): StateSizes {
    return {
      sessions: this.get('sessions').description.maxEntries,
      flowCache4Sets: this.get('flow_cache4').description.maxEntries,
      flowCache6Sets: this.get('flow_cache6').description.maxEntries,
    };
  }

  close(): void {
    for (const map of this.#maps.values()) map.close();
  }
}

/** Opens the pinned maps of one layout, or null when one is missing. */
export function openState(pins: Pins, layout: number): StateMaps | null {
  const maps = new Map<StateMapName, BpfMap>();
  for (const name of STATE_MAPS) {
    const path = pins.state(layout, name);
    if (!existsSync(path)) {
      for (const map of maps.values()) map.close();
      return null;
    }
    maps.set(name, BpfMap.fromPin(path));
  }
  return new StateMaps(layout, maps);
}

/** Why maps do not fit the programs of an object that is not loaded yet; an empty list when they do. Sizes may differ. */
export function incompatibilities(state: StateMaps, object: BpfObject): string[] {
  return STATE_MAPS.flatMap((name) => {
    const wanted = object.map(name).description;
    const found = state.get(name).description;
    const fields: (keyof MapDescription)[] = ['type', 'keySize', 'valueSize', 'flags'];
    return fields
      .filter((field) => wanted[field] !== found[field])
      .map((field) => `${name}: ${field} is ${found[field]}, the programs need ${wanted[field]}`);
  });
}

/** Makes an object use these maps. */
export function reuseState(object: BpfObject, state: StateMaps): void {
  for (const name of STATE_MAPS) object.reuseMap(name, state.get(name));
}

/** Sizes the state maps of an object that will create them. */
export function sizeState(object: BpfObject, sizes: StateSizes): void {
  object.setMaxEntries('sessions', sizes.sessions);
  object.setMaxEntries('session_replies', sizes.sessions);
  object.setMaxEntries('flow_cache4', sizes.flowCache4Sets);
  object.setMaxEntries('flow_cache6', sizes.flowCache6Sets);
}

/** Pins the state maps that a loaded object created, and opens them from there. */
export function pinState(object: BpfObject, pins: Pins, layout: number): StateMaps {
  pins.removeTree(pins.state(layout));
  pins.make(pins.state(layout));
  for (const name of STATE_MAPS) object.map(name).pin(pins.state(layout, name));
  return openState(pins, layout) as StateMaps;
}
