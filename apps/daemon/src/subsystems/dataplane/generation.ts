/** A generation of the pipeline in the kernel: its programs, prog arrays and configuration maps, always reached through their pins. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BpfMap, BpfObject, BpfProgram } from '@gatehouse/native';
import type { BoundInterfaces } from './compile/interfaces.ts';
import { encodeFeatures, type RuntimeConstants } from './features.ts';
import { CONFIG_MAPS, fillConfigMaps, sizeConfigMaps } from './fill.ts';
import type { Pins } from './pins.ts';
import type { DataplanePlan } from './plan.ts';
import { incompatibilities, pinState, reuseState, type StateMaps, type StateSizes, sizeState } from './state.ts';

const XDP_PROGRAMS = ['gh_fast', 'gh_sweep', 'gh_kill'] as const;
const TC_PROGRAMS = ['gh_tc_ingress', 'gh_tc_egress'] as const;
const PROGRAMS = [...XDP_PROGRAMS, ...TC_PROGRAMS];
export type ProgramName = (typeof PROGRAMS)[number];

/** Compiled objects of the pipeline, in the directory that the installation chooses. */
export const OBJECTS = { entry: 'entry.bpf.o', xdp: 'pipeline.bpf.o', tc: 'pipeline_tc.bpf.o' } as const;

export class Generation {
  readonly number: number;
  readonly #pins: Pins;
  readonly #programs = new Map<ProgramName, BpfProgram>();

  private constructor(pins: Pins, number: number) {
    this.#pins = pins;
    this.number = number;
  }

  /** Opens a pinned generation; null when its pins are not complete. */
  static open(pins: Pins, number: number): Generation | null {
    const generation = new Generation(pins, number);
    for (const name of PROGRAMS) {
      const path = pins.generation(number, name);
      if (!existsSync(path)) {
        generation.close();
        return null;
      }
      generation.#programs.set(name, BpfProgram.fromPin(path));
    }
    return generation;
  }

  program(name: ProgramName): BpfProgram {
    return this.#programs.get(name) as BpfProgram;
  }

  /** Opens one of the configuration maps; the caller closes it. */
  openMap(name: (typeof CONFIG_MAPS)[number]): BpfMap {
    return BpfMap.fromPin(this.#pins.generation(this.number, name));
  }

  /** Gives up the descriptors; pins and kernel objects stay. */
  close(): void {
    for (const program of this.#programs.values()) program.close();
    this.#programs.clear();
  }

  /** Removes the pins: the kernel frees the generation when no slot points to it any more. */
  unpin(): void {
    this.close();
    this.#pins.removeTree(this.#pins.generation(this.number));
  }
}

export type LoadRequest = {
  pins: Pins;
  /** Directory of the compiled objects. */
  objects: string;
  plan: DataplanePlan;
  bound: BoundInterfaces;
  constants: Omit<RuntimeConstants, 'flowCache4Sets' | 'flowCache6Sets' | 'trace'>;
  /** The state maps of the running layout, if there are any. */
  state: StateMaps | null;
  sizes: StateSizes;
};

export type Loaded = {
  generation: Generation;
  state: StateMaps;
  /** Why a new set of state maps was made although one existed: sessions start anew. */
  migrated: string[];
};

/**
 * Loads a complete generation off the main thread, fills its maps and pins it. Nothing refers to it yet. On failure nothing stays behind.
 * @throws NativeError with the end of the verifier's log
 */
export async function loadGeneration(request: LoadRequest): Promise<Loaded> {
  const { pins, plan, constants } = request;
  const number = constants.generation;
  const xdp = BpfObject.open(join(request.objects, OBJECTS.xdp));
  const tc = BpfObject.open(join(request.objects, OBJECTS.tc));
  let made: StateMaps | null = null;
  try {
    const migrated = request.state ? incompatibilities(request.state, xdp) : [];
    const state = migrated.length > 0 ? null : request.state;
    const sizes = state?.sizes ?? request.sizes;
    const features = encodeFeatures(plan, { ...constants, ...sizes, trace: false });
    for (const object of [xdp, tc]) {
      object.setRodata('features', features);
      sizeConfigMaps(object, plan);
    }
    if (state) reuseState(xdp, state);
    else sizeState(xdp, sizes);
    await xdp.load();
    const current = state ?? pinState(xdp, pins, (pins.layouts().at(-1) ?? 0) + 1);
    if (!state) made = current;
    reuseState(tc, current);
    for (const name of CONFIG_MAPS) tc.reuseMap(name, xdp.map(name));
    await tc.load();
    await fillConfigMaps(xdp, plan, request.bound);
    pinObjects(pins, number, xdp, tc);
    return { generation: Generation.open(pins, number) as Generation, state: current, migrated };
  } catch (error) {
    pins.removeTree(pins.generation(number));
    if (made) {
      made.close();
      pins.removeTree(pins.state(made.layout));
    }
    throw error;
  } finally {
    xdp.close();
    tc.close();
  }
}

function pinObjects(pins: Pins, number: number, xdp: BpfObject, tc: BpfObject): void {
  pins.removeTree(pins.generation(number));
  pins.make(pins.generation(number));
  for (const name of CONFIG_MAPS) xdp.map(name).pin(pins.generation(number, name));
  // without a pin a prog array is emptied as soon as its last descriptor is closed, and every packet is dropped
  xdp.map('stages').pin(pins.generation(number, 'stages-xdp'));
  tc.map('stages').pin(pins.generation(number, 'stages-tc'));
  for (const name of XDP_PROGRAMS) xdp.program(name).pin(pins.generation(number, name));
  for (const name of TC_PROGRAMS) tc.program(name).pin(pins.generation(number, name));
}
