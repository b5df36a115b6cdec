/** Compiles the binding when its sources changed: `node native/build.ts`. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const out = join(here, 'build');
const stamp = join(out, 'stamp');

function inputsHash(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of ['binding.gyp', ...readdirSync(join(here, 'src')).map((name) => join('src', name))].sort())
    hash.update(file).update(readFileSync(join(here, file)));
  return hash.digest('hex');
}

const wanted = inputsHash();
if (existsSync(join(out, 'gatehouse_native.node')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
  process.exit(0);
}
console.error('==> building the native binding');
// the headers that came with the Node that runs this
const nodeDir = dirname(dirname(process.execPath));
const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const run = spawnSync(process.execPath, [gyp, 'rebuild', '--jobs', '2', `--nodedir=${nodeDir}`], {
  cwd: here,
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
});
if (run.status !== 0) {
  process.stderr.write(`${run.stdout}${run.stderr}`);
  process.exit(1);
}
mkdirSync(out, { recursive: true });
copyFileSync(join(out, 'Release', 'gatehouse_native.node'), join(out, 'gatehouse_native.node'));
writeFileSync(stamp, wanted);
