/** Takes an update file in as a stream: header first, then each part into a staging directory, its size and hash checked. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_LINE, type Manifest, readHeader, UpdateRefused } from './format.ts';

/** Reads a stream by lines and by lengths. */
class Reader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest = Buffer.alloc(0);

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.chunks = chunks;
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.chunks.next();
    if (done) return false;
    this.rest = this.rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.rest, value]);
    return true;
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf(10);
      if (end > MAX_LINE || (end < 0 && this.rest.length > MAX_LINE))
        throw new UpdateRefused('this is no update file of Gatehouse');
      if (end >= 0) {
        const line = this.rest.subarray(0, end).toString('utf8');
        this.rest = this.rest.subarray(end + 1);
        return line;
      }
      if (!(await this.more())) throw new UpdateRefused('this is no update file of Gatehouse: it ends in its header');
    }
  }

  /** Exactly `size` bytes in pieces. */
  async *bytes(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.rest.length === 0 && !(await this.more()))
        throw new UpdateRefused(`the file is truncated: ${left} bytes of a part are missing`);
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async atEnd(): Promise<boolean> {
    return this.rest.length === 0 && !(await this.more());
  }
}

export type ReceiveOptions = {
  /** Emptied first. After a success it holds the parts, and nothing else. */
  directory: string;
  /** SPKI, PEM. */
  publicKey: string;
  /** Looks at the manifest before any part is written; throws UpdateRefused. */
  accept(manifest: Manifest): void;
  /** Bytes of parts written so far. */
  progress(received: number, total: number): void;
};

/**
 * Resolves with the manifest when every part is on the disk.
 * @throws UpdateRefused for a file that is no good; any error leaves the directory empty
 */
export async function receive(chunks: AsyncIterator<Uint8Array>, options: ReceiveOptions): Promise<Manifest> {
  const { directory } = options;
  const clear = () => rmSync(directory, { recursive: true, force: true });
  clear();
  try {
    const reader = new Reader(chunks);
    const header = [await reader.line(), await reader.line(), await reader.line()] as const;
    const manifest = readHeader(header, options.publicKey);
    options.accept(manifest);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const total = manifest.parts.reduce((sum, item) => sum + item.size, 0);
    let received = 0;
    for (const part of manifest.parts) {
      const hash = createHash('sha256');
      const fd = openSync(join(directory, part.name), 'w', 0o600);
      try {
        for await (const piece of reader.bytes(part.size)) {
          hash.update(piece);
          writeFileSync(fd, piece); // all of it, also where write(2) takes a part
          received += piece.length;
          options.progress(received, total);
        }
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      if (hash.digest('hex') !== part.sha256) throw new UpdateRefused(`${part.name} is damaged: its SHA-256 differs`);
    }
    if (!(await reader.atEnd())) throw new UpdateRefused('there is something behind the last part');
    return manifest;
  } catch (error) {
    clear();
    throw error;
  }
}
