/** BPF ring buffers. */
import { binding } from './binding.ts';
import type { BpfMap } from './map.ts';

function split(batch: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < batch.length; ) {
    const length = batch.readUInt32LE(at);
    records.push(batch.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return records;
}

/** Reads a ring buffer on a thread of its own and hands over batches of records. One reader per ring buffer. */
export class RingBuffer {
  private readonly native: InstanceType<typeof binding.NativeRingBuffer>;

  constructor(map: BpfMap, onRecords: (records: Buffer[]) => void) {
    this.native = new binding.NativeRingBuffer(map.fd, (batch) => onRecords(split(batch)));
  }

  /** Records that were dropped because JavaScript did not keep up. */
  get lost(): number {
    return this.native.lost();
  }

  /** Stops the thread. May be called twice. */
  close(): void {
    this.native.close();
  }

  /** All records that are there now; for a ring buffer without a reader. */
  static drain(map: BpfMap): Buffer[] {
    return split(binding.drainRingBuffer(map.fd));
  }
}
