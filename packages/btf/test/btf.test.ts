/** Codecs against what clang makes of the same structs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Btf, CodecWriter } from '../src/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'gh-btf-'));
afterAll(() => rmSync(directory, { recursive: true }));

const SOURCE = `
typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32; typedef unsigned long long __u64;
typedef __u16 __be16;
enum t_kind { T_ONE = 1, T_TWO = 2 };
struct t_inner { __u16 a; __u16 b; };
struct t_outer {
  __u64 big; __u32 small; __be16 port; __u8 kind; __u8 flags;
  struct t_inner pair[2]; __u8 address[16]; enum t_kind choice; __u32 pad;
};
struct t_outer value __attribute__((section(".data"), used)) = {
  .big = 0x0102030405060708ull, .small = 7, .port = 0x5000, .kind = 2, .flags = 255,
  .pair = { { 1, 2 }, { 3, 4 } }, .address = { 0xfe, 0x80, [15] = 1 }, .choice = T_TWO,
};`;

it('decodes what the compiler laid out, and encodes the same bytes', async () => {
  writeFileSync(join(directory, 't.c'), SOURCE);
  const object = join(directory, 't.o');
  execFileSync('clang', ['-O2', '-g', '-target', 'bpf', '-c', join(directory, 't.c'), '-o', object]);
  execFileSync('llvm-objcopy', ['-O', 'binary', '--only-section=.data', object, join(directory, 't.bin')]);
  const bytes = readFileSync(join(directory, 't.bin'));
  const module = join(directory, 'codecs.ts');
  writeFileSync(module, new CodecWriter(Btf.fromObject(readFileSync(object)), 't_').module('/** test */'));
  const { outerCodec, kind } = await import(module);
  expect(outerCodec.size).toBe(bytes.length);
  const value = outerCodec.decode(bytes);
  expect(value).toMatchObject({ big: 0x0102030405060708n, small: 7, port: 80, kind: 2, flags: 255, choice: 2 });
  expect(value.pair).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
  expect(Buffer.from(value.address).toString('hex')).toBe('fe800000000000000000000000000001');
  expect(outerCodec.encode(value).equals(bytes)).toBe(true);
  expect(kind).toMatchObject({ one: 1, two: 2 });
  expect(() => outerCodec.encode({ ...value, address: new Uint8Array(3) })).toThrow(/address/);
});

it('refuses a file that is no object', () => {
  expect(() => Btf.fromObject(Buffer.from('not an ELF file'))).toThrow();
});
