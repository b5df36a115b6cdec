/** The image is replaced by another one: what is no good is refused, a power cut leaves what ran, the new one keeps the configuration. */
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerOf } from '../../apps/daemon/src/appliance/update/format.ts';
import { NEXT_VERSION, productVersion } from '../../tools/inputs.ts';
import { waitUntil } from '../lab/wait.ts';
import type { Box } from './box.ts';
import { output, UpdatedBox, updateOf } from './updated-box.ts';

let updated: UpdatedBox;
let box: Box;
let files: string;
const install = (url: string) => updated.install(url);
const slots = () => updated.slots();
const slot = (version: string) => updated.slot(version);
const version = () => updated.version();

beforeAll(async () => {
  updated = await UpdatedBox.make('gh-test-update');
  ({ box, files } = updated);
});
afterAll(() => updated?.remove());

/** The first bytes of an update file. */
function beginning(of: string, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  const fd = openSync(join(output, `gatehouse_${of}.update`), 'r');
  readSync(fd, buffer);
  closeSync(fd);
  return buffer;
}

describe('refused with the reason, and nothing touched', () => {
  const signedBy = (key: Parameters<typeof headerOf>[1]) =>
    headerOf(
      {
        ...{ image: 'gatehouse', architecture: 'x86-64', version: '9.0.0' },
        parts: [{ name: 'gatehouse_9.0.0.efi', size: 1, sha256: '0'.repeat(64) }],
      },
      key,
    );
  it.each([
    ['a truncated file', () => beginning(NEXT_VERSION, 5_000_000), /truncated/],
    [
      'a foreign signature',
      () => Buffer.from(signedBy(generateKeyPairSync('ed25519').privateKey)),
      /signature is not that/,
    ],
    ['the version that runs', () => beginning(productVersion, 100_000), /runs already/],
    ['something else', () => Buffer.from('<html>captive portal</html>\n'.repeat(9000)), /no update file/],
  ])('%s', async (_, bytes, reason) => {
    writeFileSync(join(files, 'file.update'), bytes());
    expect(await install('http://192.168.1.10:8001/file.update')).toMatch(reason);
    expect(await slots()).toEqual([{ version: productVersion, running: true, next: true, state: 'good' }]);
    expect(await box.shell('ls /var/lib/gatehouse/update 2>&1 || true')).toMatch(/No such file/);
  });

  it('a damaged file that is uploaded through the page', async () => {
    writeFileSync(join(files, 'file.update'), beginning(NEXT_VERSION, 20_000_000));
    expect((await box.upload(join(files, 'file.update'))).error).toMatch(/truncated/);
    expect((await slots()).length).toBe(1);
  });

  it('a URL that does not answer', async () => {
    await expect(box.call('update.fetch', { url: 'http://192.168.1.10:9/x', force: false })).rejects.toThrow(
      /can not be fetched/,
    );
  });
});

it('power cut in the middle of an update: what ran runs', async () => {
  await box.call('update.fetch', { url: updateOf(NEXT_VERSION), force: false });
  await waitUntil('the installation', async () => (await updated.state()).phase === 'installing', {
    timeoutMs: 120_000,
    everyMs: 200,
  });
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 6000));
  await box.machine.cutPower();
  box.machine.powerOn();
  await box.page();
  await box.logIn();
  expect(await version()).toBe(productVersion);
});

it('an update starts at the next reboot, with the configuration, and is found good', async () => {
  await box.change((config) => {
    config.system.hostName = 'before-the-update';
  });
  expect(await install(updateOf(NEXT_VERSION))).toBe('installed');
  expect(await slot(NEXT_VERSION)).toMatchObject({ running: false, next: true, state: 'new' });
  expect(await version()).toBe(productVersion);
  await updated.reboot();
  expect(await version()).toBe(NEXT_VERSION);
  expect((await box.running()).config.system.hostName).toBe('before-the-update');
  await waitUntil('the blessing', async () => (await slot(NEXT_VERSION))?.state === 'good', {
    timeoutMs: 90_000,
    everyMs: 1000,
  });
});

it('an older image needs force', async () => {
  expect(await install(updateOf(productVersion))).toMatch(/is older than/);
});
