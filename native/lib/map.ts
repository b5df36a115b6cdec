/** BPF maps: point access, per-CPU values, batches, memory views, pins. */
import { type Bytes, binding, type MapDescription } from './binding.ts';

export const mapType = {
  HASH: 1,
  ARRAY: 2,
  PROG_ARRAY: 3,
  PERCPU_HASH: 5,
  PERCPU_ARRAY: 6,
  LRU_HASH: 9,
  LRU_PERCPU_HASH: 10,
  LPM_TRIE: 11,
  ARRAY_OF_MAPS: 12,
  DEVMAP: 14,
  RINGBUF: 27,
} as const;

export const updateFlag = { ANY: 0, NOEXIST: 1, EXIST: 2 } as const;

const PAGE = 4096;
const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
const isPerCpu = (type: number): boolean =>
  type === mapType.PERCPU_HASH || type === mapType.PERCPU_ARRAY || type === mapType.LRU_PERCPU_HASH;

/** A 32-bit key or value in the machine's byte order. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export class BpfMap {
  readonly fd: number;
  readonly description: MapDescription;
  private readonly owned: boolean;

  /** `owned`: close() closes the descriptor; descriptors of an object belong to the object. */
  constructor(fd: number, description: MapDescription, owned: boolean) {
    this.fd = fd;
    this.description = description;
    this.owned = owned;
  }

  /** Opens a pinned map. Throws ENOENT when there is no such pin. */
  static fromPin(path: string): BpfMap {
    const fd = binding.openPin(path);
    return new BpfMap(fd, binding.mapInfo(fd), true);
  }

  /** Bytes that one look-up returns: for per-CPU maps one value, rounded up to 8, per possible CPU (bpf(2)). */
  private get valueBytes(): number {
    const { type, valueSize } = this.description;
    return isPerCpu(type) ? roundUp(valueSize, 8) * binding.possibleCpus() : valueSize;
  }

  private check(bytes: Bytes, expected: number, what: string): void {
    if (bytes.byteLength !== expected)
      throw new RangeError(`map ${this.description.name}: ${what} has ${bytes.byteLength} bytes, expected ${expected}`);
  }

  /** The value of a key, or null. Per-CPU maps: use lookupPerCpu. */
  lookup(key: Bytes): Buffer | null {
    this.check(key, this.description.keySize, 'key');
    return binding.mapLookup(this.fd, key, this.valueBytes);
  }

  /** One value per possible CPU, or null. */
  lookupPerCpu(key: Bytes): Buffer[] | null {
    const all = this.lookup(key);
    const stride = roundUp(this.description.valueSize, 8);
    return (
      all && Array.from({ length: all.length / stride }, (_, cpu) => all.subarray(cpu * stride, (cpu + 1) * stride))
    );
  }

  update(key: Bytes, value: Bytes, flags: number = updateFlag.ANY): void {
    this.check(key, this.description.keySize, 'key');
    this.check(value, this.valueBytes, 'value');
    binding.mapUpdate(this.fd, key, value, flags);
  }

  /** Removes a key; false when it was not there. */
  delete(key: Bytes): boolean {
    this.check(key, this.description.keySize, 'key');
    return binding.mapDelete(this.fd, key);
  }

  /** Keys in the kernel's order. An entry removed meanwhile may start the walk anew (bpf(2)). */
  *keys(): Generator<Buffer> {
    let key = binding.mapNextKey(this.fd, null, this.description.keySize);
    while (key) {
      yield key;
      key = binding.mapNextKey(this.fd, key, this.description.keySize);
    }
  }

  /** All entries in chunks, read off the main thread. Entries that come or go meanwhile may be missed or seen twice. */
  async *batches(chunk = 4096): AsyncGenerator<{ keys: Buffer; values: Buffer; count: number }> {
    let cursor: Buffer | null = null;
    let size = chunk;
    do {
      try {
        const batch: { keys: Buffer; values: Buffer; count: number; cursor: Buffer | null } =
          await binding.mapLookupBatch(this.fd, this.description.keySize, this.valueBytes, size, cursor);
        if (batch.count) yield batch;
        cursor = batch.cursor;
      } catch (error) {
        // a hash bucket is larger than the chunk
        if ((error as { code?: string }).code !== 'ENOSPC' || size > this.description.maxEntries) throw error;
        size *= 2;
        if (!cursor) continue;
      }
    } while (cursor);
  }

  /** Writes `count` entries given as concatenated keys and values, off the main thread. */
  async updateBatch(keys: Bytes, values: Bytes, count: number): Promise<void> {
    this.check(keys, this.description.keySize * count, 'keys');
    this.check(values, this.valueBytes * count, 'values');
    if (count) await binding.mapUpdateBatch(this.fd, keys, values, count);
  }

  /** Bytes from one element of an array map to the next. */
  get stride(): number {
    return roundUp(this.description.valueSize, 8);
  }

  /** The memory of an array map made with BPF_F_MMAPABLE; elements stand `stride` bytes apart. */
  mmap(): ArrayBuffer {
    return binding.mapMmap(this.fd, roundUp(this.stride * this.description.maxEntries, PAGE));
  }

  pin(path: string): void {
    binding.pin(this.fd, path);
  }

  close(): void {
    if (this.owned) binding.closeFd(this.fd);
  }
}
