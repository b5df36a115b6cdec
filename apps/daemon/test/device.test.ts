/** What a device is, from a tree like the kernel's. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { deviceFacts } from '../src/api/device.ts';

const root = mkdtempSync(join(tmpdir(), 'gh-unit-'));
afterAll(() => rmSync(root, { recursive: true }));

it('reads driver, queues and speed, and says null where the kernel says nothing', () => {
  for (const queue of ['rx-0', 'rx-1', 'tx-0']) mkdirSync(join(root, 'eth0/queues', queue), { recursive: true });
  mkdirSync(join(root, 'eth0/device'));
  symlinkSync('../../../bus/pci/drivers/igc', join(root, 'eth0/device/driver'));
  writeFileSync(join(root, 'eth0/speed'), '2500\n');
  expect(deviceFacts('eth0', root)).toEqual({ speed: 2500, driver: 'igc', queues: { rx: 2, tx: 1 } });
  mkdirSync(join(root, 'veth0/queues/rx-0'), { recursive: true });
  writeFileSync(join(root, 'veth0/speed'), '-1\n');
  expect(deviceFacts('veth0', root)).toEqual({ speed: null, driver: null, queues: { rx: 1, tx: 0 } });
  expect(deviceFacts('gone', root)).toEqual({ speed: null, driver: null, queues: null });
});
