/** The image is replaced by another one: what is no good is refused, what does not come up is given up, and the way back is open. */
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerOf } from '../../apps/daemon/src/appliance/update/format.ts';
import { cache } from '../../image/chroot.ts';
import { BROKEN_VERSION, NEXT_VERSION, productVersion } from '../../tools/inputs.ts';
import { endAll, type ProcessId, startDetached } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';
import { Box } from './box.ts';

const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
const output = join(cache, 'output');
const updateOf = (version: string) => `http://192.168.1.10:8000/gatehouse_${version}.update`;
let box: Box;
let servers: ProcessId[] = [];

type Slot = { version: string; running: boolean; next: boolean; state: string };
const slots = () => box.call<Slot[]>('update.slots');
const slot = async (version: string) => (await slots()).find((item) => item.version === version);
const state = () => box.call<{ phase: string; error: string | null; received: number; total: number }>('update.state');
const version = async () => (await box.call<{ version: string }>('system.status')).version;

/** Starts an update from a URL and waits for its end. */
async function install(url: string, force = false): Promise<string> {
  await box.call('update.fetch', { url, force });
  const { phase, error } = await waitUntil(
    'the end of the update',
    async () => {
      const now = await state();
      return ['installed', 'failed'].includes(now.phase) ? now : null;
    },
    { timeoutMs: 240_000, everyMs: 1000 },
  );
  return phase === 'installed' ? 'installed' : String(error);
}

async function reboot(): Promise<void> {
  await box.shell('systemctl reboot').catch(() => {}); // the connection ends with it
  await box.gone();
  await box.page();
  await box.logIn();
}

beforeAll(async () => {
  const serve = (port: string, directory: string) =>
    startDetached(['python3', '-m', 'http.server', '--bind', '192.168.1.10', '--directory', directory, port], {
      netns: box.machine.namespace('lan'),
      logFile: join(files, `http-${port}.log`),
    }).id;
  box = await Box.make({ name: 'gh-test-update', raw: `gatehouse_${productVersion}.raw` }, files);
  servers = [serve('8000', output), serve('8001', files)];
  await box.page();
  await box.setUp();
  await box.openShell();
});
afterAll(async () => {
  await endAll(servers);
  await box?.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

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
  await waitUntil('the installation', async () => (await state()).phase === 'installing', {
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
  await reboot();
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

it('a slot whose bytes changed is not started; the other one is', async () => {
  await box.shell('sync');
  await box.machine.cutPower();
  await box.machine.damage(`gatehouse_${NEXT_VERSION}`);
  box.machine.powerOn();
  await box.page(600_000); // it waits for the root that does not appear, and starts again
  await box.logIn();
  expect(await version()).toBe(productVersion);
  expect(await slot(NEXT_VERSION)).toMatchObject({ state: 'bad' });
  expect((await box.running()).config.system.hostName).toBe('before-the-update');
}, 700_000);

it('an image that does not come up is tried and given up; the box is back by itself', async () => {
  expect(await install(updateOf(BROKEN_VERSION))).toBe('installed');
  await box.shell('systemctl reboot').catch(() => {});
  await box.gone();
  // three tries without a page, then the image that was good
  await box.page(900_000);
  await box.logIn();
  expect(await version()).toBe(productVersion);
  expect(await slot(BROKEN_VERSION)).toMatchObject({ state: 'bad' });
}, 1_000_000);

it('the way back: an administrator chooses a slot', async () => {
  expect(await box.upload(join(output, `gatehouse_${NEXT_VERSION}.update`))).toEqual({ version: NEXT_VERSION });
  await reboot();
  expect(await version()).toBe(NEXT_VERSION);
  await box.call('update.choose', { version: productVersion });
  expect(await slot(productVersion)).toMatchObject({ next: true });
  await reboot();
  expect(await version()).toBe(productVersion);
  await expect(box.call('update.choose', { version: '7.7.7' })).rejects.toThrow(/no slot holds/);
});
