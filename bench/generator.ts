/** Makes frames in the kernel (a BPF program run with live frames) and counts what arrives at the sinks. */
import { join } from 'node:path';
import { BpfLink, type BpfMap, BpfObject, type BpfProgram, interfaceIndex, u32 } from '@gatehouse/native';
import { parseAddress } from '../apps/daemon/src/subsystems/dataplane/ip.ts';
import { configCodec, hopCodec, order } from './generated/structs.ts';
import { BEDS, type Bed, ROUTER } from './topology.ts';

/** include/uapi/linux/bpf.h */
const BPF_F_TEST_XDP_LIVE_FRAMES = 2;
/** Frames that the kernel makes before it delivers them: its default, one NAPI budget. */
const BATCH = 64;
/** Frames of one call: the kernel refuses no number, but a call can not be interrupted. */
const CALL = 32768;

const FRAME_BYTES = { 4: 64, 6: 78 } as const;

export type Stream = {
  bed: Bed;
  family: 4 | 6;
  /** A power of two, at most 2^22. */
  flows: number;
  order: keyof typeof order;
  /** From the sinks to the generators with swapped tuples; to this address instead of the flow's source, when given. */
  reversed?: { to?: string };
  /** First destination address instead of the usual: other flows than those seen before. */
  destination4?: string;
};

const word = (address: string): number => Buffer.from(parseAddress(address).bytes).readUInt32BE(12);
const mac = (text: string): Uint8Array => Uint8Array.from(text.split(':').map((byte) => Number.parseInt(byte, 16)));
/** The address behind a network's own. */
const host = (network: string, number: number): string =>
  network.includes(':') ? `${network}${number}` : network.replace(/0$/, String(number));

export class Generator {
  readonly object: BpfObject;
  readonly #config: BpfMap;
  readonly #received: BpfMap;
  readonly #generate: BpfProgram;
  readonly #links: BpfLink[] = [];

  private constructor(object: BpfObject) {
    this.object = object;
    this.#config = object.map('bench');
    this.#received = object.map('received');
    this.#generate = object.program('generate');
  }

  /** Loads the bench's programs and attaches the sinks. Must run in the namespace HOME. */
  static async open(): Promise<Generator> {
    const object = BpfObject.open(join(import.meta.dirname, 'build', 'bench.bpf.o'));
    await object.load();
    const generator = new Generator(object);
    const ports = object.map('ports');
    const sink = object.program('sink');
    for (const [i, bed] of Object.values(BEDS).entries())
      for (const [side, device] of [bed.generator, bed.sink].entries()) {
        const ifindex = interfaceIndex(device);
        generator.#links.push(BpfLink.attachXdp(sink, ifindex, 'native'));
        ports.update(u32(i * 2 + side), u32(ifindex));
      }
    // the calibrator `redirect`: from the XDP bed's ingress to its egress, and back
    const { ingress, egress, mac: macs } = BEDS.xdp;
    const inIndex = interfaceIndex(ingress);
    const outIndex = interfaceIndex(egress);
    const firstHop = Object.keys(BEDS).length * 2;
    ports.update(u32(firstHop), u32(outIndex));
    ports.update(u32(firstHop + 1), u32(inIndex));
    const hops = object.map('hops');
    hops.update(u32(inIndex), hopCodec.encode({ port: firstHop, dmac: mac(macs.sink), smac: mac(macs.egress) }));
    hops.update(
      u32(outIndex),
      hopCodec.encode({ port: firstHop + 1, dmac: mac(macs.generator), smac: mac(macs.ingress) }),
    );
    return generator;
  }

  get received(): number {
    const values = this.#received.lookupPerCpu(u32(0)) ?? [];
    return values.reduce((sum, value) => sum + Number(value.readBigUInt64LE()), 0);
  }

  /** What the next frames look like. */
  aim(stream: Stream): void {
    const { bed, reversed } = stream;
    const number = Object.values(BEDS).indexOf(bed);
    const [from, to] = reversed ? [bed.mac.sink, bed.mac.egress] : [bed.mac.generator, bed.mac.ingress];
    this.#config.update(
      u32(0),
      configCodec.encode({
        out: number * 2 + (reversed ? 1 : 0),
        flowMask: stream.flows - 1,
        order: order[stream.order],
        reversed: reversed ? 1 : 0,
        family: stream.family,
        source: word(host(ROUTER.sources4, 2)),
        destination: word(stream.destination4 ?? host(ROUTER.destinations4, 2)),
        replyTo: reversed?.to ? word(reversed.to) : 0,
        source6: parseAddress(host(ROUTER.sources6, 2)).bytes,
        destination6: parseAddress(host(ROUTER.destinations6, 2)).bytes,
        dmac: mac(to),
        smac: mac(from),
      }),
    );
  }

  /** Sends frames and returns when all have been forwarded or dropped. */
  async send(frames: number, family: 4 | 6): Promise<void> {
    const data = Buffer.alloc(FRAME_BYTES[family]);
    for (let left = frames; left > 0; left -= CALL)
      await this.#generate.testRun({
        data,
        repeat: Math.min(left, CALL),
        batchSize: BATCH,
        flags: BPF_F_TEST_XDP_LIVE_FRAMES,
      });
  }

  close(): void {
    for (const link of this.#links) link.close();
    this.object.close();
  }
}
