/** Builds the page: database client, then the standalone server with its static files beside it. */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const require = createRequire(import.meta.url);

function run(packageName: string, bin: string, args: string[]): void {
  const script = join(dirname(require.resolve(`${packageName}/package.json`)), bin);
  const done = spawnSync(process.execPath, [script, ...args], {
    cwd: here,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

run('prisma', 'build/index.js', ['generate']);
run('next', 'dist/bin/next', ['build']);
const built = join(here, process.env.GATEHOUSE_DIST ?? '.next');
cpSync(join(built, 'static'), join(built, 'standalone/apps/web/.next/static'), { recursive: true });
