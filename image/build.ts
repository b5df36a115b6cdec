/** `npm run image`: bundles, then the disk image by mkosi in the tools chroot. The result stands in build/image. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/inputs.ts';
import { bundle } from './bundle.ts';
import { cache, inChroot, makeChroot, mirror } from './chroot.ts';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const source = (suites: string, uri: string): string =>
  `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;

/** Copies the definition into the cache, where mkosi sees it, and adds what only this machine knows: mirror, bundles. */
async function definition(): Promise<void> {
  const work = join(cache, 'definition');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const name of readdirSync(join(root, 'image')).filter((item) => item.startsWith('mkosi.')))
    cpSync(join(root, 'image', name), join(work, name), { recursive: true, verbatimSymlinks: true });
  // the partitions of a box: systemd-repart runs in the initrd only when that has definitions, and then reads those of the root
  for (const extra of ['mkosi.extra', 'mkosi.images/initrd/mkosi.extra'])
    cpSync(join(root, 'image/repart.d'), join(work, extra, 'usr/lib/repart.d'), { recursive: true });
  const apt = join(work, 'mkosi.sandbox/etc/apt/sources.list.d');
  mkdirSync(apt, { recursive: true });
  writeFileSync(
    join(apt, 'mkosi.sources'),
    `${source('trixie trixie-updates', mirror())}\n${source('trixie-security', `${mirror()}-security`)}`,
  );
  await bundle(join(cache, 'tree'));
}

async function main(): Promise<void> {
  makeChroot();
  await definition();
  for (const name of ['output', 'packages', 'incremental', 'work']) mkdirSync(join(cache, name), { recursive: true });
  await inChroot([
    ...['mkosi', '--directory=/gatehouse/definition', `--image-version=${version}`, `--mirror=${mirror()}`, '--force'],
    ...[
      '--incremental=yes',
      '--cache-directory=/gatehouse/incremental',
      '--package-cache-directory=/gatehouse/packages',
    ],
    ...['--workspace-directory=/gatehouse/work', '--output-directory=/gatehouse/output'],
    ...['--sandbox-tree=/gatehouse/definition/mkosi.sandbox', '--extra-tree=/gatehouse/tree', 'build'],
  ]);
  console.log(`the image: ${join(cache, 'output', `gatehouse_${version}.raw`)}`);
}

try {
  await main();
} catch (error) {
  console.error(`image: ${(error as Error).message}`);
  process.exit(1);
}
