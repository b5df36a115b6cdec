/** Falling back, by hand (npm run test:image:long): a slot that changed, an image that does not come up, a choice of the administrator. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BROKEN_VERSION, NEXT_VERSION, productVersion } from '../../../tools/inputs.ts';
import { output, UpdatedBox, updateOf } from '../updated-box.ts';

let updated: UpdatedBox;

beforeAll(async () => {
  updated = await UpdatedBox.make('gh-test-fallback');
});
afterAll(() => updated?.remove());

it('a slot whose bytes changed is not started; the other one is', async () => {
  expect(await updated.install(updateOf(NEXT_VERSION))).toBe('installed');
  await updated.reboot();
  await updated.box.shell('sync');
  await updated.box.machine.cutPower();
  await updated.box.machine.damage(`gatehouse_${NEXT_VERSION}`);
  updated.box.machine.powerOn();
  await updated.box.page(600_000); // it waits for the root that does not appear, and starts again
  await updated.box.logIn();
  expect(await updated.version()).toBe(productVersion);
  expect(await updated.slot(NEXT_VERSION)).toMatchObject({ state: 'bad' });
}, 700_000);

it('an image that does not come up is tried and given up; the box is back by itself', async () => {
  expect(await updated.install(updateOf(BROKEN_VERSION))).toBe('installed');
  await updated.box.shell('systemctl reboot').catch(() => {});
  await updated.box.gone();
  // three tries without a page, then the image that was good
  await updated.box.page(900_000);
  await updated.box.logIn();
  expect(await updated.version()).toBe(productVersion);
  expect(await updated.slot(BROKEN_VERSION)).toMatchObject({ state: 'bad' });
}, 1_000_000);

it('the way back: an administrator chooses a slot', async () => {
  expect(await updated.box.upload(join(output, `gatehouse_${NEXT_VERSION}.update`))).toEqual({ version: NEXT_VERSION });
  await updated.reboot();
  expect(await updated.version()).toBe(NEXT_VERSION);
  await updated.box.call('update.choose', { version: productVersion });
  expect(await updated.slot(productVersion)).toMatchObject({ next: true });
  await updated.reboot();
  expect(await updated.version()).toBe(productVersion);
  await expect(updated.box.call('update.choose', { version: '7.7.7' })).rejects.toThrow(/no slot holds/);
});
