/** Builds the bench's own BPF object and the codecs of its structs: a step of `npm run build`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { Btf, CodecWriter } from '@gatehouse/btf';

const here = import.meta.dirname;
const LINUX_NAMES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };
const object = join(here, 'build', 'bench.bpf.o');

mkdirSync(join(here, 'build'), { recursive: true });
const include = `-I/usr/include/${LINUX_NAMES[arch()] ?? arch()}-linux-gnu`;
const args = ['-O2', '-g', '-mcpu=v3', '-Wall', '-Werror', '-target', 'bpf', include];
const source = join(here, 'bpf', 'bench.bpf.c');
const done = spawnSync('clang', [...args, '-c', source, '-o', object], { stdio: 'inherit' });
if (done.status !== 0) process.exit(1);
mkdirSync(join(here, 'generated'), { recursive: true });
writeFileSync(
  join(here, 'generated', 'structs.ts'),
  new CodecWriter(Btf.fromObject(readFileSync(object)), 'bench_').module(
    '/** Generated from the BTF of bench.bpf.o. */',
  ),
);
