/** Ten power cuts each, at random points, by hand (npm run test:image:long): whatever was going on, the right configuration and slot come up. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NEXT_VERSION, productVersion } from '../../../tools/inputs.ts';
import { sleep } from '../../lab/process.ts';
import { UpdatedBox, updateOf } from '../updated-box.ts';

const TIMES = 10;
const LIMIT_MS = TIMES * 240_000;

let updated: UpdatedBox;
beforeAll(async () => {
  updated = await UpdatedBox.make('gh-test-cuts');
});
afterAll(() => updated?.remove());

const rename = (hostName: string, confirmSeconds?: number) =>
  updated.box.change((config) => {
    config.system.hostName = hostName;
  }, confirmSeconds);
const hostName = async () => (await updated.box.running()).config.system.hostName;

/** Cuts the power after a random part of `spanMs`; resolves when the box is up again, with all of its parts. */
async function cutWithin(spanMs: number): Promise<void> {
  const after = Math.random() * spanMs;
  console.log(`power cut after ${Math.round(after)} ms`);
  await sleep(after);
  await updated.box.machine.cutPower();
  updated.box.machine.powerOn();
  await updated.box.page();
  await updated.box.logIn();
  expect(await updated.version()).toBe(productVersion);
  const { subsystems } = await updated.box.call<{ subsystems: { name: string; state: string }[] }>('system.status');
  expect(subsystems.filter((item) => item.state !== 'ok')).toEqual([]);
}

it(
  'during a commit the old or the new one runs, whole',
  async () => {
    for (let n = 1; n <= TIMES; n++) {
      const before = await hostName();
      const change = rename(`commit-${n}`);
      change.catch(() => {});
      await cutWithin(4000);
      expect([before, `commit-${n}`]).toContain(await hostName());
    }
  },
  LIMIT_MS,
);

it(
  'during Test what was kept runs',
  async () => {
    await rename('kept');
    for (let n = 1; n <= TIMES; n++) {
      await rename(`tried-${n}`, 600);
      await cutWithin(10_000);
      expect(await hostName()).toBe('kept');
    }
  },
  LIMIT_MS,
);

it(
  'during an update what ran runs, and the update can be taken again',
  async () => {
    for (let n = 1; n <= TIMES; n++) {
      await updated.box.call('update.fetch', { url: updateOf(NEXT_VERSION), force: false });
      await cutWithin(15_000);
      expect(await hostName()).toBe('kept');
    }
    expect(await updated.install(updateOf(NEXT_VERSION))).toBe('installed');
  },
  LIMIT_MS,
);
