/** What of the product goes into the image, under /usr/lib/gatehouse: bundles without npm, our Node, the pipeline, the page. */
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { buildStep, STEPS } from '../tools/build.ts';
import { root } from '../tools/inputs.ts';

/** Entry points, and where a bundle stands: as deep as its source, because paths to data are relative to it. */
const ENTRIES = ['apps/daemon/src/main', 'apps/daemon/src/cli', 'apps/web/start'];
/** Packages with compiled parts: they stay as they are. The page brings its own. */
const EXTERNAL = ['better-sqlite3', '@node-rs/argon2'];
const DATA = [
  ...['bpf/build/pipeline.bpf.o', 'bpf/build/pipeline_tc.bpf.o', 'bpf/build/entry.bpf.o'],
  ...['native/build/gatehouse_native.node', 'migrations', 'apps/web/.next/standalone', 'LICENSE'],
];

/** Fills `tree` (emptied first) with /usr/lib/gatehouse. */
export async function bundle(tree: string): Promise<void> {
  for (const step of STEPS) if (!step.name.startsWith('bench')) buildStep(step);
  rmSync(tree, { recursive: true, force: true });
  const home = join(tree, 'usr/lib/gatehouse');
  await build({
    entryPoints: ENTRIES.map((name) => ({ in: join(root, `${name}.ts`), out: name })),
    outdir: home,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: EXTERNAL,
    banner: {
      js: "import { createRequire as gatehouseRequire } from 'node:module'; const require = gatehouseRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  for (const path of DATA) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    cpSync(join(root, path), join(home, path), { recursive: true, verbatimSymlinks: true });
  }
  // where a bundle looks for its packages
  symlinkSync('.next/standalone/node_modules', join(home, 'apps/web/node_modules'));
  for (const name of ['argon2', 'argon2-linux-x64-gnu'])
    cpSync(join(root, 'node_modules/@node-rs', name), join(home, 'apps/daemon/node_modules/@node-rs', name), {
      recursive: true,
    });
  mkdirSync(join(home, 'bin'));
  cpSync(process.execPath, join(home, 'bin/node'));
}
