/**
 * All layers of tests: `npm test`, or one: `npm test -- --layer unit`. Builds what is out of date first. Prints one last line,
 * `N passed, N failed`, over all layers; exits with 1 when anything failed, was skipped or did not run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeLeftovers } from '../test/lab/leftovers.ts';
import { buildStep, STEPS } from './build.ts';
import { BROKEN_VERSION, NEXT_VERSION, productVersion, root } from './inputs.ts';
import { type Count, runPlaywright, runProgram, runVitest } from './testing/runners.ts';

/** `seconds`: what the layer may take, or less when the whole run comes to its end. */
type Layer = { name: string; what: string; seconds: number; run: (seconds: number) => Promise<Count> };

/** CI ends a run after 90 minutes: stop before, with a count. */
const WHOLE_RUN_SECONDS = 80 * 60;

/** Each build and check counts as one test. */
async function check(count: Count, name: string, work: () => Promise<string | null>): Promise<void> {
  const trouble = await work();
  if (trouble === null) count.passed += 1;
  else {
    count.failed += 1;
    count.problems.push(`${name}: ${trouble}`);
  }
  console.log(` ${trouble === null ? '✓' : '✗'} ${name}`);
}

async function runStatic(): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, problems: [] };
  for (const step of STEPS)
    await check(count, `build: ${step.name}`, async () => {
      try {
        buildStep(step);
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    });
  const tool = (path: string) => join(root, 'node_modules', path);
  for (const project of ['tsconfig.json', 'apps/web/tsconfig.json'])
    await check(count, `types: ${project}`, () =>
      existsSync(join(root, project))
        ? runProgram([tool('typescript/bin/tsc'), '--noEmit', '-p', project], { seconds: 300 })
        : Promise.resolve('the file is missing'),
    );
  await check(count, 'lint and format', () =>
    runProgram([tool('@biomejs/biome/bin/biome'), 'check', '--max-diagnostics=50', '.'], { seconds: 300 }),
  );
  return count;
}

/** The images that the tests start: this version and one to update to; by hand also one whose page does not come up. */
const IMAGES = [[productVersion], [NEXT_VERSION]];
const LONG_IMAGES = [...IMAGES, [BROKEN_VERSION, '--extra', 'test/image/broken-page']];

async function runImage(project: string, images: string[][], seconds: number): Promise<Count> {
  const built: Count = { passed: 0, failed: 0, problems: [] };
  for (const options of images)
    await check(built, `build: image ${options[0]}`, () =>
      runProgram(['image/build.ts', '--if-changed', '--version', ...options], { seconds: 1200 }),
    );
  if (built.failed > 0) return built;
  const count = await runVitest(project, seconds);
  return { ...count, passed: count.passed + built.passed };
}

const LAYERS: readonly Layer[] = [
  { name: 'static', what: 'builds, types, lint', seconds: 1500, run: runStatic },
  { name: 'unit', what: 'each room by itself', seconds: 900, run: (s) => runVitest('unit', s) },
  {
    name: 'packet',
    what: 'the pipeline in the kernel, packet by packet',
    seconds: 900,
    run: (s) => runVitest('packet', s),
  },
  { name: 'system', what: 'real hosts and programs in the lab', seconds: 1800, run: (s) => runVitest('system', s) },
  { name: 'acceptance', what: 'a person at the page', seconds: 1200, run: (s) => runPlaywright('acceptance', s) },
  {
    name: 'image',
    what: 'the appliance’s disk image, booted',
    seconds: 3300,
    run: (s) => runImage('image', IMAGES, s),
  },
];

/** Layers that only run when they are named. */
const BY_HAND: readonly Layer[] = [
  {
    name: 'image-long',
    what: 'the image falls back',
    seconds: 12_000,
    run: (s) => runImage('image-long', LONG_IMAGES, s),
  },
];

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { layer: { type: 'string', multiple: true } } });
  const names = values.layer ?? LAYERS.map((layer) => layer.name);
  const layers = [...LAYERS, ...BY_HAND];
  const unknown = names.filter((name) => !layers.some((layer) => layer.name === name));
  if (unknown.length)
    throw new Error(`no layer ${unknown.join(', ')}; layers: ${layers.map((l) => l.name).join(', ')}`);
  const start = Date.now();
  await removeLeftovers();
  // whoever runs one layer alone still runs it on what is in the tree
  if (!names.includes('static')) for (const step of STEPS) buildStep(step);
  const results: { layer: Layer; count: Count; seconds: number }[] = [];
  for (const layer of layers.filter((item) => names.includes(item.name))) {
    console.log(`\n==> ${layer.name}: ${layer.what}`);
    const began = Date.now();
    const left = WHOLE_RUN_SECONDS - (began - start) / 1000;
    const count = await layer.run(Math.max(1, Math.min(layer.seconds, left)));
    results.push({ layer, count, seconds: (Date.now() - began) / 1000 });
    await removeLeftovers();
  }
  console.log('');
  for (const { count } of results) for (const problem of count.problems) console.log(`✗ ${problem}`);
  for (const { layer, count, seconds } of results)
    console.log(
      `${layer.name.padEnd(12)}${String(count.passed).padStart(6)} passed${String(count.failed).padStart(5)} failed${seconds.toFixed(0).padStart(6)} s`,
    );
  const sum = (key: 'passed' | 'failed') => results.reduce((total, { count }) => total + count[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0;
}

// Ctrl-C reaches the runner too; what its tests had running goes with the lab that they ran in
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    setTimeout(
      () =>
        void removeLeftovers().finally(() => {
          process.exit(130);
        }),
      2000,
    );
  });

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`test: ${(error as Error).message}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
