/** Which disks there are, which one the box runs from, and the table that the new one gets. */
import { expect, it } from 'vitest';
import { tableFor } from '../src/appliance/install/copy.ts';
import { disksOf, sourceOf } from '../src/appliance/install/disks.ts';

const HASH = '0123456789abcdef0123456789abcdeffedcba9876543210fedcba9876543210';
const ROOT = '01234567-89ab-cdef-0123-456789abcdef';
const VERITY = 'fedcba98-7654-3210-fedc-ba9876543210';
const ESP = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

const common = {
  ro: false,
  model: null,
  serial: null,
  tran: null,
  fstype: null,
  partlabel: null,
  parttype: null,
  partuuid: null,
};
const part = (name: string, more: object) => ({
  ...common,
  name,
  path: `/dev/${name}`,
  type: 'part',
  size: 1,
  mountpoints: [null],
  ...more,
});
const disk = (name: string, size: number, more: object = {}) => ({
  ...common,
  name,
  path: `/dev/${name}`,
  type: 'disk',
  size,
  mountpoints: [null],
  ...more,
});
const json = JSON.stringify({
  blockdevices: [
    disk('sda', 8e9, {
      model: 'Stick ',
      tran: 'usb',
      children: [
        part('sda1', { parttype: ESP, partlabel: 'ESP', mountpoints: ['/boot'] }),
        part('sda2', { partuuid: ROOT, children: [{ ...part('root', {}), type: 'crypt', mountpoints: ['/'] }] }),
        part('sda3', { partuuid: VERITY }),
      ],
    }),
    disk('sdc', 64e9, { ro: true }),
    disk('nvme0n1', 128e9, { serial: 'S1', children: [part('nvme0n1p1', { fstype: 'ntfs' })] }),
    disk('sdb', 2e9),
    disk('sdd', 16e9, { children: [part('sdd1', { mountpoints: ['/mnt'] })] }),
  ],
});

it('the box knows the disk that it runs from by the root hash of its kernel, through every layer', () => {
  const source = sourceOf(json, `quiet roothash=${HASH} ro`);
  expect(source).toEqual({ disk: 'sda', esp: '/dev/sda1', root: '/dev/sda2', verity: '/dev/sda3' });
  expect(() => sourceOf(json, 'quiet')).toThrow(/no appliance/);
  expect(() => sourceOf(json, `roothash=${HASH.replace('0', 'f')}`)).toThrow(/no disk holds the slot/);
});

it('disks say what is on them, and why they can not be used', () => {
  const disks = disksOf(json, sourceOf(json, `roothash=${HASH}`));
  expect(disks.map(({ name, trouble }) => [name, trouble])).toEqual([
    ['nvme0n1', null],
    ['sda', 'this box runs from it'],
    ['sdb', 'is smaller than 4 GB'],
    ['sdc', 'is read-only'],
    ['sdd', 'is in use: /mnt'],
  ]);
  expect(disks[0]).toMatchObject({ description: 'S1', holds: ['ntfs'] });
  expect(disks[1]).toMatchObject({ description: 'Stick, usb' });
});

it('the new table has the sizes and the root’s identity of the old one, and a boot partition of its own', () => {
  const item = (node: string, size: number, uuid: string) => ({ node, size, type: 'T', uuid, name: node.slice(-1) });
  const table = {
    partitiontable: {
      partitions: [
        item('/dev/sda1', 10, 'E'),
        item('/dev/sda2', 20, ROOT),
        item('/dev/sda3', 5, VERITY),
        item('/dev/sda9', 9, 'X'),
      ],
    },
  };
  const lines = tableFor(table, sourceOf(json, `roothash=${HASH}`))
    .trim()
    .split('\n');
  expect(lines[2]).toMatch(/^size=10, type=T, uuid=(?!E,)[0-9a-f-]{36}, name="1"$/);
  expect(lines.slice(3)).toEqual([
    `size=20, type=T, uuid=${ROOT}, name="2"`,
    `size=5, type=T, uuid=${VERITY}, name="3"`,
  ]);
  expect(lines[0]).toBe('label: gpt');
});
