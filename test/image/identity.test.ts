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
const OWN = ['/etc/machine-id', 'key', 'box-id', 'ssh/host_ed25519'];

async function identity(name: string): Promise<string[]> {
  const own = join(files, name);
  mkdirSync(own);
  const box = await Box.make({ name: `gh-test-${name}`, raw: `gatehouse_${productVersion}.raw` }, own);
  boxes.push(box);
  await box.page();
  const token = await box.setUp();
  await box.openShell();
  const hashes = await box.shell(`cd /var/lib/gatehouse && sha256sum ${OWN.join(' ')}`);
  return [`token ${token}`, ...hashes.split('\n')];
}

it('two boxes from one image have ids, host keys, a sealing key and a setup token of their own', async () => {
  const [one, other] = await Promise.all([identity('one'), identity('other')]);
  expect(one).toHaveLength(OWN.length + 1);
  expect(one?.filter((line) => other?.includes(line))).toEqual([]);
}, 600_000);
