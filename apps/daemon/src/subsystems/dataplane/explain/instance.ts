/** The pipeline itself with its trace hook on and with state of its own: what it says of a packet is what it does with packets. */
import { join } from 'node:path';
import { type Trace, traceCodec } from '@gatehouse/bpf/abi';
import { type BpfMap, BpfObject, RingBuffer } from '@gatehouse/native';
import type { Facts } from '../../subsystem.ts';
import { type BoundInterfaces, bindInterfaces } from '../compile/interfaces.ts';
import { type BootConstants, encodeFeatures } from '../features.ts';
import { fillConfigMaps, sizeConfigMaps } from '../fill.ts';
import { OBJECTS } from '../generation.ts';
import { syncLocalAddresses } from '../network-state.ts';
import type { DataplanePlan } from '../plan.ts';
import { sizeState } from '../state.ts';

const SIZES = { sessions: 16, flowCache4Sets: 1, flowCache6Sets: 1 };
const TRACE_BYTES = 65_536;
/** struct xdp_md: data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex. */
const XDP_MD_BYTES = 24;

export class Instance {
  readonly plan: DataplanePlan;
  readonly bound: BoundInterfaces;
  readonly #object: BpfObject;

  private constructor(plan: DataplanePlan, bound: BoundInterfaces, object: BpfObject) {
    this.plan = plan;
    this.bound = bound;
    this.#object = object;
  }

  static async load(objects: string, constants: BootConstants, plan: DataplanePlan, facts: Facts): Promise<Instance> {
    const object = BpfObject.open(join(objects, OBJECTS.xdp));
    try {
      object.setRodata('features', encodeFeatures(plan, { ...constants, ...SIZES, generation: 1, trace: true }));
      sizeConfigMaps(object, plan);
      sizeState(object, SIZES);
      object.setMaxEntries('trace_events', TRACE_BYTES);
      object.setMaxEntries('events', TRACE_BYTES);
      await object.load();
      const bound = bindInterfaces(plan.interfaces, facts);
      await fillConfigMaps(object, plan, bound);
      syncLocalAddresses(object.map('local_addrs'), facts.interfaces);
      return new Instance(plan, bound, object);
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Runs one frame as the first of its flow. */
  async run(frame: Buffer, ifindex: number): Promise<{ records: Trace[]; frame: Buffer }> {
    for (const name of ['sessions', 'session_replies', 'fragments']) empty(this.#object.map(name));
    for (const name of ['flow_cache4', 'flow_cache6']) Buffer.from(this.#object.map(name).mmap()).fill(0);
    const trace = this.#object.map('trace_events');
    RingBuffer.drain(trace);
    const context = Buffer.alloc(XDP_MD_BYTES);
    context.writeUInt32LE(frame.length, 4);
    context.writeUInt32LE(ifindex, 12);
    const { data } = await this.#object.program('gh_fast').testRun({ data: frame, context });
    return { records: RingBuffer.drain(trace).map((record) => traceCodec.decode(record)), frame: data };
  }

  close(): void {
    this.#object.close();
  }
}

function empty(map: BpfMap): void {
  for (const key of [...map.keys()]) map.delete(key);
}
