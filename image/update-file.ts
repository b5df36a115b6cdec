/** Writes the update file of a built image: its root slot, the slot's hashes and its kernel image, signed. */
import { createHash, createPrivateKey } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { headerOf, type Manifest } from '../apps/daemon/src/appliance/update/format.ts';
import { KEY_FILES } from './keys.ts';

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** `output`: directory of mkosi's results; `keys`: holds the update key. Returns the file's path. */
export async function writeUpdate(output: string, version: string, keys: string): Promise<string> {
  const image = `gatehouse_${version}`;
  const slots = readdirSync(output).filter((name) => name.startsWith(`${image}.`) && /\.[0-9a-f]{32}\.raw$/.test(name));
  const packed = slots.map((name) => `${name}.gz`);
  for (const name of slots)
    await pipeline(
      createReadStream(join(output, name)),
      createGzip({ level: 1 }), // the root is compressed already: this is for its empty end
      createWriteStream(join(output, `${name}.gz`)),
    );
  const names = [...packed.sort(), `${image}.efi`];
  const parts: Manifest['parts'] = [];
  for (const name of names) {
    const file = join(output, name);
    parts.push({ name, size: statSync(file).size, sha256: await sha256(file) });
  }
  const manifest: Manifest = { image: 'gatehouse', architecture: 'x86-64', version, parts };
  const key = createPrivateKey(readFileSync(join(keys, KEY_FILES.updateKey)));
  const path = join(output, `${image}.update`);
  const file = createWriteStream(path);
  file.write(headerOf(manifest, key));
  for (const name of names) await pipeline(createReadStream(join(output, name)), file, { end: false });
  await new Promise<void>((resolve, reject) => file.end((error?: Error | null) => (error ? reject(error) : resolve())));
  for (const name of packed) rmSync(join(output, name));
  return path;
}
