/**
 * `npm run image:reproduce`: builds the image twice, each time without what an earlier build left, and names what differs. (A cache that is older than
 * the last commit carries older times of directories.)
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, tryRun } from '../test/lab/process.ts';
import { productVersion, root } from '../tools/inputs.ts';
import { cache, inChroot } from './chroot.ts';
import { sourceDate } from './source-date.ts';

const BUILD_MS = 1_800_000;
/** Signed with a time in the signature: these differ by their signatures alone. */
const SIGNED = ['efi', 'esp', 'raw'];

const output = join(cache, 'output');
const kept = join(cache, 'run/reproduce');

// a commit in between changes no input
process.env.SOURCE_DATE_EPOCH = await sourceDate();

async function build(): Promise<void> {
  for (const left of ['incremental', 'tree']) rmSync(join(cache, left), { recursive: true, force: true });
  await run(['node', join(root, 'image/build.ts')], { timeoutMs: BUILD_MS });
}

/** "root" → file; without the hash that its name may carry. */
function parts(): Map<string, string> {
  const names = readdirSync(output).filter((name) => name.startsWith(`gatehouse_${productVersion}.`));
  return new Map(
    ['root', 'verity', 'efi', 'esp', 'raw'].map((part) => {
      const name = names.find((item) => item.split('.')[3] === part);
      if (!name) throw new Error(`the build left no ${part}`);
      return [part, join(output, name)];
    }),
  );
}

async function hash(path: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const piece of createReadStream(path)) sum.update(piece);
  return sum.digest('hex');
}

async function hashes(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [part, path] of parts()) found.set(part, await hash(path));
  return found;
}

/** Files of two roots that are not the same. */
async function differences(): Promise<string> {
  for (const side of ['first', 'second'])
    await inChroot([
      'fsck.erofs',
      `--extract=/gatehouse/run/reproduce/${side}`,
      `/gatehouse/run/reproduce/${side}.raw`,
    ]);
  const sides = ['first', 'second'].map((side) => join(kept, side));
  const { stdout } = await tryRun(['diff', '-rq', '--no-dereference', ...sides], { timeoutMs: 120_000 });
  return stdout || 'the same files: owners, modes or times differ\n';
}

rmSync(kept, { recursive: true, force: true });
mkdirSync(kept, { recursive: true });
await build();
const first = await hashes();
renameSync(parts().get('root') as string, join(kept, 'first.raw'));
await build();
const second = await hashes();
let failed = false;
for (const [part, sum] of first) {
  const same = second.get(part) === sum;
  failed ||= !same && !SIGNED.includes(part);
  console.log(
    `${part.padEnd(8)}${same ? 'the same' : `differs${SIGNED.includes(part) ? ', as its signature does' : ''}`}  ${sum}`,
  );
}
if (second.get('root') !== first.get('root')) {
  renameSync(parts().get('root') as string, join(kept, 'second.raw'));
  console.log(await differences());
}
rmSync(kept, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
