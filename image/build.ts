/** `npm run image`: bundles, then the disk image by mkosi in the tools chroot, and the update file. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hashOf, productVersion, root } from '../tools/inputs.ts';
import { bundle } from './bundle.ts';
import { cache, inChroot, makeChroot, mirror } from './chroot.ts';
import { writeFormats } from './formats.ts';
import { KEY_FILES, keyDirectory, updatePublicKey } from './keys.ts';
import { writeSbom } from './sbom.ts';
import { sourceDate } from './source-date.ts';
import { writeUpdate } from './update-file.ts';

const { values } = parseArgs({
  options: {
    version: { type: 'string', default: productVersion },
    /** Nothing to do when the image was built from these files already. */
    'if-changed': { type: 'boolean', default: false },
    /** A further tree laid over the image, from the repository's root: tests build broken images with it. */
    extra: { type: 'string' },
    /** Also write the image as raw.zst, qcow2 or vmdk. */
    format: { type: 'string', multiple: true, default: [] },
  },
});
const { version } = values;
if (!/^\d{1,4}(\.\d{1,4}){2}$/.test(version)) throw new Error(`--version ${version}: write three numbers, 1.2.3`);
const source = (suites: string, uri: string): string =>
  `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;

/** Copies the definition into the cache, where mkosi sees it, and adds what only this machine knows: mirror, bundles. */
async function definition(keys: string): Promise<void> {
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
  writeFileSync(join(cache, 'tree/usr/lib/gatehouse/update.pub'), updatePublicKey(keys));
  if (values.extra !== undefined) cpSync(join(root, values.extra), join(cache, 'tree'), { recursive: true });
}

const INPUTS = ['apps', 'packages', 'native', 'bpf', 'migrations', 'image', 'package-lock.json', 'tools/build.ts'];

async function main(): Promise<void> {
  const stamp = join(cache, 'output', `gatehouse_${version}.stamp`);
  const inputs = hashOf(values.extra === undefined ? INPUTS : [...INPUTS, values.extra]);
  if (values['if-changed'] && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  makeChroot();
  const keys = keyDirectory();
  await definition(keys);
  for (const name of ['output', 'packages', 'incremental', 'work']) mkdirSync(join(cache, name), { recursive: true });
  // what an earlier build of this version left, mkosi leaves: slots carry their hash in the name
  for (const name of readdirSync(join(cache, 'output')))
    if (name.startsWith(`gatehouse_${version}.`)) rmSync(join(cache, 'output', name), { recursive: true });
  const mkosi = [
    ...['mkosi', '--directory=/gatehouse/definition', `--image-version=${version}`, `--mirror=${mirror()}`, '--force'],
    ...[
      '--incremental=yes',
      '--cache-directory=/gatehouse/incremental',
      '--package-cache-directory=/gatehouse/packages',
    ],
    ...['--workspace-directory=/gatehouse/work', '--output-directory=/gatehouse/output'],
    `--source-date-epoch=${await sourceDate()}`,
    ...['--sandbox-tree=/gatehouse/definition/mkosi.sandbox', '--extra-tree=/gatehouse/tree'],
    ...['--secure-boot=yes', `--secure-boot-key=/keys/${KEY_FILES.secureBootKey}`],
    ...[`--secure-boot-certificate=/keys/${KEY_FILES.secureBootCertificate}`, '--secure-boot-auto-enroll=yes'],
    'build',
  ];
  await inChroot(mkosi, keys);
  const output = join(cache, 'output');
  console.log(`the image: ${join(output, `gatehouse_${version}.raw`)}`);
  console.log(`the update: ${await writeUpdate(output, version, keys)}`);
  console.log(`the bill of materials: ${writeSbom(output, version)}`);
  await writeFormats(`gatehouse_${version}`, values.format);
  writeFileSync(stamp, inputs);
}

try {
  await main();
} catch (error) {
  console.error(`image: ${(error as Error).message}`);
  process.exit(1);
}
