/** From the stick onto the disk inside: what a person does with a box without a system. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productVersion } from '../../tools/inputs.ts';
import { Conversation } from '../lab/conversation.ts';
import { Box } from './box.ts';

const SLOW = 60_000;

const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
let box: Box;

beforeAll(async () => {
  box = await Box.make({ name: 'gh-test-install', raw: `gatehouse_${productVersion}.raw`, stick: true }, files);
  await box.page();
  await box.setUp();
  await box.openShell();
});
afterAll(async () => {
  await box?.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

it('the disks are listed; nothing is written to a disk whose name was not typed, or to the stick itself', async () => {
  const list = await box.gatehouse('install');
  expect(list).toMatch(/^sda .*QEMU.*this box runs from it$/m);
  expect(list).toMatch(/^vda +4\.3 GB .*nothing.*can be installed on$/m);
  for (const answer of ['echo yes |', 'true |'])
    await expect(box.shell(`${answer} gatehouse install vda`)).rejects.toThrow(/nothing was written/);
  await expect(box.shell('echo sda | gatehouse install sda')).rejects.toThrow(/this box runs from it/);
  await expect(box.shell('echo sdx | gatehouse install sdx')).rejects.toThrow(
    /there is no disk sdx; name one of sda, vda/,
  );
  expect(await box.shell("head -c 64M /dev/vda | tr -d '\\0' | wc -c")).toBe('0');
});

it('installed, the disk starts by itself as a new box with both slots, under Secure Boot', async () => {
  const line = box.machine.serialLine();
  const person = new Conversation(line, line);
  person.press('x'); // any key shows the screen
  await person.sees(/Press Enter for the menu\./, SLOW);
  person.press('\r');
  for (const [question, answer] of [
    [/8 {2}Install on another disk[\s\S]*Number: /, '8'],
    [/vda .*can be installed on[\s\S]*Disk to install on.*: /, 'vda'],
    [/Everything on vda .*will be lost[\s\S]*Type vda.*: /, 'vda'],
  ] as const) {
    await person.sees(question, SLOW);
    person.say(answer);
  }
  await person.sees(/vda holds Gatehouse[\s\S]*Press Enter: /, 600_000);
  person.say('');
  await person.sees(/Press Enter for the menu\./, SLOW); // the console is back
  await box.shell('systemctl poweroff').catch(() => {});
  await box.machine.off(120);
  box.machine.takeStickOut();
  box.machine.powerOn();
  await box.page();
  await box.setUp();
  await box.openShell();
  expect(await box.shell('bootctl status')).toMatch(/Secure Boot: enabled/);
  expect((await box.shell('lsblk -no PARTLABEL /dev/vda')).split('\n').filter(Boolean)).toContain('gatehouse-state');
  expect(await box.call('update.slots')).toMatchObject([{ version: productVersion, running: true }]);
  expect(await box.gatehouse('health')).not.toMatch(/failed/);
}, 1_200_000);
