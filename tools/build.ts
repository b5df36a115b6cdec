/** Builds what is out of date, each room by its own build: `npm run build`. Does nothing, in under a second, when nothing changed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashOf, root, Stamp } from './inputs.ts';

export type Step = {
  name: string;
  /** What the step reads; a change of any of them builds again. */
  inputs: string[];
  /** What must be there afterwards. */
  outputs: string[];
  program: string;
  args: string[];
};

export const STEPS: readonly Step[] = [
  {
    name: 'pipeline (bpf)',
    inputs: ['bpf', 'packages/btf'],
    outputs: [
      'bpf/build/pipeline.bpf.o',
      'bpf/build/pipeline_tc.bpf.o',
      'bpf/build/entry.bpf.o',
      'bpf/generated/abi.ts',
    ],
    program: 'make',
    args: ['--no-print-directory', '-C', 'bpf'],
  },
  {
    name: 'native binding',
    inputs: ['native'],
    outputs: ['native/build/gatehouse_native.node'],
    program: process.execPath,
    args: ['native/build.ts'],
  },
  {
    name: 'bench (bpf)',
    inputs: ['bench/bpf', 'bench/build.ts', 'packages/btf'],
    outputs: ['bench/build/bench.bpf.o', 'bench/generated/structs.ts'],
    program: process.execPath,
    args: ['bench/build.ts'],
  },
  {
    name: 'page (web)',
    inputs: [
      'apps/web',
      'migrations',
      'packages/config',
      'apps/daemon/src/api',
      'bpf/reasons.json',
      'package-lock.json',
    ],
    outputs: ['apps/web/.next'],
    program: process.execPath,
    args: ['apps/web/build.ts'],
  },
];

/** Runs one step when it is out of date; throws an Error that names the step when it fails. */
export function buildStep(step: Step): void {
  const stamp = new Stamp(step.name.replaceAll(/\W+/g, '-'));
  const hash = hashOf(step.inputs);
  const missing = () => step.outputs.filter((path) => !existsSync(join(root, path)));
  if (stamp.matches(hash) && missing().length === 0) return;
  const began = Date.now();
  console.error(`==> building: ${step.name}`);
  const run = spawnSync(step.program, step.args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: 900_000,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  });
  if (run.error) throw new Error(`${step.name}: ${run.error.message}`);
  if (run.status !== 0) throw new Error(`${step.name}: ${step.args.join(' ')} ended with ${run.status ?? run.signal}`);
  if (missing().length) throw new Error(`${step.name}: the build left no ${missing().join(', ')}`);
  stamp.write(hash);
  console.error(`==> built: ${step.name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

if (import.meta.main) {
  try {
    for (const step of STEPS) buildStep(step);
  } catch (error) {
    console.error(`build: ${(error as Error).message}`);
    process.exit(1);
  }
}
