/** The update file: whatever is wrong with it is found before anything is kept. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Services } from '../src/api/trpc.ts';
import { uploadUpdate } from '../src/api/upload.ts';
import { headerOf, type Manifest, UpdateRefused } from '../src/appliance/update/format.ts';
import { Updates } from '../src/appliance/update/index.ts';
import { receive } from '../src/appliance/update/receive.ts';
import { parseSlots } from '../src/appliance/update/slots.ts';
import { compareVersions, imageVersion } from '../src/appliance/version.ts';

const top = mkdtempSync(join(tmpdir(), 'gatehouse-update-'));
const directory = join(top, 'staging');
afterAll(() => rmSync(top, { recursive: true }));

const maker = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const publicKey = maker.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const kernel = randomBytes(70_000);
const rootImage = randomBytes(200_001);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const manifest: Manifest = {
  image: 'gatehouse',
  architecture: 'x86-64',
  version: '0.2.0',
  parts: [
    { name: `gatehouse_0.2.0.root.${'0'.repeat(32)}.raw.gz`, size: rootImage.length, sha256: sha256(rootImage) },
    { name: 'gatehouse_0.2.0.efi', size: kernel.length, sha256: sha256(kernel) },
  ],
};
const fileOf = (change: Partial<Manifest> = {}, key = maker.privateKey): Buffer =>
  Buffer.concat([Buffer.from(headerOf({ ...manifest, ...change }, key)), rootImage, kernel]);

/** In pieces that meet no boundary of the format. */
async function* pieces(file: Buffer, size = 4093) {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}
const take = (file: Buffer, size?: number) =>
  receive(pieces(file, size), { directory, publicKey, accept: () => {}, progress: () => {} });

test('a whole file yields its parts, in pieces of any size', async () => {
  for (const size of [1 << 20, 4093, 61]) {
    expect(await take(fileOf(), size)).toEqual(manifest);
    expect(readdirSync(directory).sort()).toEqual(manifest.parts.map((part) => part.name).sort());
    expect(readFileSync(join(directory, 'gatehouse_0.2.0.efi')).equals(kernel)).toBe(true);
  }
});

test.each([
  ['a foreign key', () => fileOf({}, other.privateKey), /signature is not that of the maker/],
  ['a foreign image', () => fileOf({ image: 'toaster' }), /it is for toaster/],
  [
    'a changed manifest',
    () => Buffer.from(fileOf().toString('latin1').replace('0.2.0', '0.3.0'), 'latin1'),
    /signature/,
  ],
  ['no signature', () => Buffer.from(`gatehouse-update 1\n${JSON.stringify(manifest)}\n\n`), /signature/],
  ['truncation', () => fileOf().subarray(0, -1), /truncated: 1 bytes/],
  ['truncation in the header', () => fileOf().subarray(0, 30), /ends in its header/],
  ['bytes behind the end', () => Buffer.concat([fileOf(), Buffer.from('x')]), /behind the last part/],
  ['something else', () => randomBytes(500_000), /no update file/],
  ['an empty file', () => Buffer.alloc(0), /no update file/],
])('%s is refused with the reason, and nothing is kept', async (_, file, reason) => {
  const attempt = take(file());
  await expect(attempt).rejects.toThrow(UpdateRefused);
  await expect(attempt).rejects.toThrow(reason);
  expect(existsSync(directory)).toBe(false);
});

test('any changed byte of a part is found', async () => {
  const header = headerOf(manifest, maker.privateKey).length;
  for (const at of [header, header + rootImage.length - 1, header + rootImage.length, fileOf().length - 1]) {
    const file = fileOf();
    file[at] = (file[at] as number) ^ 1;
    await expect(take(file)).rejects.toThrow(/is damaged: its SHA-256 differs/);
  }
});

test('a part can not be written outside of its directory', () => {
  const parts = [{ name: '../../etc/passwd', size: 1, sha256: '0'.repeat(64) }];
  expect(() => headerOf({ ...manifest, parts }, maker.privateKey)).toThrow();
});

test('what the caller does not accept is not written', async () => {
  const refuse = () => {
    throw new UpdateRefused('too old');
  };
  const options = { directory, publicKey, accept: refuse, progress: () => {} };
  await expect(receive(pieces(fileOf()), options)).rejects.toThrow('too old');
  expect(existsSync(directory)).toBe(false);
});

test('a download that is refused early closes its connection, whatever is still on the way', async () => {
  const ends: Promise<void>[] = [];
  const server = createServer((socket) => {
    ends.push(new Promise((resolve) => socket.on('close', () => resolve())));
    socket.on('error', () => {});
    socket.once('data', () => {
      // the rest waits in the reader's buffers when the sender ends
      socket.write(
        Buffer.concat([
          Buffer.from('HTTP/1.0 200 OK\r\ncontent-length: 140000\r\n\r\nno\nupdate\nfile\n'),
          Buffer.alloc(139_985),
        ]),
      );
      setTimeout(() => socket.end(), 300);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const updates = new Updates({ running: '0.1.0', publicKey, staging: directory, log: () => {} });
  await updates.fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, false);
  await expect.poll(() => updates.state().phase).toBe('failed');
  expect(updates.state().error).toMatch(/no update file/);
  await Promise.all(ends);
  server.close();
});

test('an upload that is refused at its beginning is answered, and read to its end', async () => {
  const updates = new Updates({ running: '0.1.0', publicKey, staging: directory, log: () => {} });
  const context = { services: { updates } as Services, peerUid: 0, token: null };
  const server = createHttpServer((call, response) => void uploadUpdate(call, response, context));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const size = 50 << 20; // more than any buffer on the way
  const { port } = server.address() as AddressInfo;
  const call = request({ host: '127.0.0.1', port, method: 'PUT', headers: { 'content-length': size } });
  const sent = new Promise<void>((resolve) => call.end(Buffer.alloc(size, '\n'), resolve));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const answer = JSON.parse((await response.toArray()).join('')) as { error: string };
  expect([response.statusCode, answer.error]).toEqual([400, 'this is no update file of Gatehouse']);
  await sent;
  server.close();
});

test('a second update is refused while one is on its way, and its stream ended unread', async () => {
  const updates = new Updates({ running: '0.1.0', publicKey, staging: directory, log: () => {} });
  const waiting = pieces(fileOf());
  const first = updates.install({ next: () => new Promise(() => {}), return: () => waiting.return(undefined) }, false);
  first.catch(() => {});
  let ended = false;
  const second: AsyncIterator<Uint8Array> = {
    next: () => waiting.next(),
    return: async () => {
      ended = true;
      return { done: true, value: undefined };
    },
  };
  await expect(updates.install(second, false)).rejects.toThrow(/on its way/);
  expect(ended).toBe(true);
});

test('versions are compared as numbers', () => {
  expect(compareVersions('0.9.0', '0.10.0')).toBeLessThan(0);
  expect(compareVersions('1.0.0', '0.99.99')).toBeGreaterThan(0);
  expect(compareVersions('1.2.3', '1.2.3')).toBe(0);
});

test('the version is that of our image only', () => {
  expect(imageVersion('ID=debian\nIMAGE_ID=gatehouse\nIMAGE_VERSION=0.2.0\n')).toBe('0.2.0');
  expect(imageVersion('ID=debian\nIMAGE_ID="other"\nIMAGE_VERSION="0.2.0"\n')).toBe(null);
});

test('slots tell what runs, what starts next and what was given up', () => {
  const list = [
    { id: 'gatehouse_0.2.0.efi', triesLeft: 3, triesDone: 0, isDefault: true },
    { id: 'gatehouse_0.1.0.efi', isDefault: false, isSelected: true },
    { id: 'gatehouse_0.0.9.efi', triesLeft: 0, triesDone: 3 },
    { id: 'auto-reboot-to-firmware-setup' },
  ];
  expect(parseSlots(JSON.stringify(list), '0.1.0')).toEqual([
    { version: '0.2.0', running: false, next: true, state: 'new' },
    { version: '0.1.0', running: true, next: false, state: 'good' },
    { version: '0.0.9', running: false, next: false, state: 'bad' },
  ]);
});
