/**
 * `npm run image:boot`: boots the built image in QEMU (UEFI, Secure Boot) between the namespaces gh-image-wan, gh-image-lan and gh-image-dmz. What
 * the box prints on its serial line is shown. Ends with Ctrl-C, and everything goes with it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../test/lab/process.ts';
import { productVersion } from '../tools/inputs.ts';
import { cache } from './chroot.ts';
import { Machine } from './machine.ts';

const raw = `gatehouse_${productVersion}.raw`;
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    ending = true;
  });

async function main(): Promise<void> {
  if (!existsSync(join(cache, 'output', raw))) throw new Error('there is no image yet; run npm run image');
  const machine = await Machine.make({ name: 'gh-image', raw });
  try {
    machine.powerOn();
    console.log(
      'the page, in half a minute, from the LAN: nsenter --net=/run/netns/gh-image-lan curl -k https://192.168.1.1/',
    );
    let shown = 0;
    while (!ending && machine.isOn) {
      const text = machine.serial();
      process.stdout.write(text.slice(shown));
      shown = text.length;
      await sleep(200);
    }
    process.stderr.write(machine.trouble());
  } finally {
    await machine.remove();
  }
}

try {
  await main();
} catch (error) {
  console.error(`image: ${(error as Error).message}`);
  process.exitCode = 1;
}
