/** What the pipeline must know of the kernel's network state: the box's own addresses, and that a cached next hop may be stale. */
import { clockCodec, localCodec } from '@gatehouse/bpf/abi';
import type { BpfMap } from '@gatehouse/native';
import type { InterfaceFact } from '../subsystem.ts';
import { parseAddress } from './ip.ts';
import type { StateMaps } from './state.ts';

/** Stamps of cache entries have 16 bits: long before one comes round, both caches are emptied. */
const WIPE_EVERY = 32_768;

/** Brings `local_addrs` in line with the devices. New addresses come before old ones go. */
export function syncLocalAddresses(map: BpfMap, interfaces: readonly InterfaceFact[]): void {
  const wanted = new Map<string, Buffer>();
  const add = (text: string, ifindex: number, broadcast: 0 | 1) => {
    const key = Buffer.from(parseAddress(text).bytes).toString('hex');
    wanted.set(key, localCodec.encode({ ifindex, broadcast }));
  };
  for (const fact of interfaces)
    for (const item of fact.addresses) {
      if (item.broadcast !== undefined) add(item.broadcast, fact.ifindex, 1);
      add(item.address, fact.ifindex, 0);
    }
  for (const [key, value] of wanted) map.update(Buffer.from(key, 'hex'), value);
  for (const key of [...map.keys()]) if (!wanted.has(key.toString('hex'))) map.delete(key);
}

/** The epoch under which cached next hops are valid: each step makes all of them stale. */
export class FibEpoch {
  readonly #state: StateMaps;
  readonly #memory: Buffer;

  constructor(state: StateMaps) {
    this.#state = state;
    this.#memory = Buffer.from(state.get('clock').mmap());
  }

  bump(): void {
    const at = clockCodec.offsets.fibEpoch;
    const epoch = (this.#memory.readUInt32LE(at) + 1) >>> 0;
    if (epoch % WIPE_EVERY === 0)
      for (const name of ['flow_cache4', 'flow_cache6'] as const) Buffer.from(this.#state.get(name).mmap()).fill(0);
    this.#memory.writeUInt32LE(epoch, at);
  }
}
