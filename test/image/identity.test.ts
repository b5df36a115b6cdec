/** Two boxes from one image: nothing that tells a box, or keeps its secrets, is in the image. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { productVersion } from '../../tools/inputs.ts';
import { Box } from './box.ts';

const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
const boxes: Box[] = [];
afterAll(async () => {
  for (const box of boxes) await box.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

/** Under /var/lib/gatehouse, but for the machine's id. */
const OWN = ['/etc/machine-id', 'key', 'box-id', 'ssh/host_ed25519', 'web-front/key.pem', 'web-front/certificate.pem'];

async function makeBox(name: string): Promise<Box> {
  const own = join(files, name);
  mkdirSync(own);
  const box = await Box.make({ name: `gh-test-${name}`, raw: `gatehouse_${productVersion}.raw` }, own);
  boxes.push(box);
  return box;
}

async function identity(box: Box): Promise<string[]> {
  await box.page();
  const token = await box.setUp();
  await box.openShell();
  const hashes = await box.shell(`cd /var/lib/gatehouse && sha256sum ${OWN.join(' ')}`);
  return [`token ${token}`, ...hashes.split('\n')];
}

const common = (one: readonly string[], other: readonly string[]) => one.filter((line) => other.includes(line));

it('two boxes from one image have ids, keys, a certificate and a setup token of their own; so has one after a reset of everything', async () => {
  const first = await makeBox('one');
  const one = await identity(first);
  await first.machine.cutPower();
  const box = await makeBox('other');
  const other = await identity(box);
  expect(one).toHaveLength(OWN.length + 1);
  expect(common(one, other)).toEqual([]);

  await expect(box.call('system.factoryReset', { scope: 'everything', confirm: 'wrong' })).rejects.toThrow(/host name/);
  await box.call('system.factoryReset', { scope: 'everything', confirm: 'gatehouse' });
  await box.gone();
  const after = await identity(box);
  // the machine's id is of the installation, not of its owner
  expect(common(other, after).filter((line) => !line.includes('machine-id'))).toEqual([]);
}, 900_000);

it('a box switches itself off when the page is told to', async () => {
  await boxes[1]?.call('system.powerOff', {});
  await boxes[1]?.machine.off(120);
}, 150_000);
