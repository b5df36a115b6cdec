/** Builds the bench's own BPF object and the codecs of its structs: run by `npm run bench`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { Btf, CodecWriter } from '@gatehouse/btf';
import { buildStep, STEPS } from '../tools/build.ts';

const here = import.meta.dirname;
const LINUX_NAMES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };

/** Builds the pipeline, the native binding and the bench's object when they are out of date. */
export function buildBench(): void {
  for (const step of STEPS.filter((found) => !found.name.includes('web'))) buildStep(step);
  mkdirSync(join(here, 'build'), { recursive: true });
  const include = `-I/usr/include/${LINUX_NAMES[arch()] ?? arch()}-linux-gnu`;
  buildStep({
    name: 'bench (bpf)',
    inputs: ['bench/bpf'],
    outputs: ['bench/build/bench.bpf.o'],
    program: 'clang',
    args: `-O2 -g -mcpu=v3 -Wall -Werror -target bpf ${include} -c bench/bpf/bench.bpf.c -o bench/build/bench.bpf.o`.split(
      ' ',
    ),
  });
  mkdirSync(join(here, 'generated'), { recursive: true });
  const btf = Btf.fromObject(readFileSync(join(here, 'build', 'bench.bpf.o')));
  writeFileSync(
    join(here, 'generated', 'structs.ts'),
    new CodecWriter(btf, 'bench_').module('/** Generated from the BTF of bench.bpf.o. */'),
  );
}

if (import.meta.main) buildBench();
