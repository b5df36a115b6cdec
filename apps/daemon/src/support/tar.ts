/** A tar archive of texts (POSIX.1-1988 ustar), compressed. */
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

function header(name: string, size: number, seconds: number): Buffer {
  if (name.length > 100) throw new Error(`${name} is too long a name for the archive`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o600, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(seconds, 12), 136);
  block.write('        ', 148); // the sum counts its own field as blanks
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function tarGz(files: ReadonlyMap<string, string>, time = Date.now()): Buffer {
  const parts: Buffer[] = [];
  for (const [name, text] of files) {
    const body = Buffer.from(text, 'utf8');
    parts.push(header(name, body.length, Math.floor(time / 1000)), body, Buffer.alloc(-body.length & (BLOCK - 1)));
  }
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]));
}
