/**
 * Writes what is generated in this folder: `node bpf/generate.ts reasons` (before the C build) makes reasons.h, reasons.ts and
 * docs/drop-reasons.md from reasons.json; `node bpf/generate.ts codecs` (after it) makes abi.ts from the BTF of build/abi.bpf.o.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Btf, CodecWriter } from '@gatehouse/btf';

const here = import.meta.dirname;
const generated = join(here, 'generated');

type Reason = { name: string; text: string; remedy: string };

/** Keeps the old file, and so its time, when nothing changed. */
function write(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  writeFileSync(path, text);
}

export function reasonsDocument(reasons: Reason[]): string {
  return [
    '# Drop reasons',
    '',
    'Every packet that Gatehouse drops names one of these. The log, the counters and explain use the same names.',
    '(Generated from `bpf/reasons.json`.)',
    '',
    '| number | reason | what it means | what to do |',
    '|---|---|---|---|',
    ...reasons.map((reason, index) => `| ${index + 1} | \`${reason.name}\` | ${reason.text} | ${reason.remedy} |`),
    '',
  ].join('\n');
}

function writeReasons(): void {
  const reasons = JSON.parse(readFileSync(join(here, 'reasons.json'), 'utf8')) as Reason[];
  const constant = (name: string) => `GH_DROP_${name.toUpperCase().replaceAll('-', '_')}`;
  write(
    join(generated, 'reasons.h'),
    [
      '/* generated from reasons.json */',
      '#ifndef GATEHOUSE_REASONS_H',
      '#define GATEHOUSE_REASONS_H',
      'enum gh_drop_reason {',
      '\tGH_DROP_NONE = 0,',
      ...reasons.map((reason, index) => `\t${constant(reason.name)} = ${index + 1},`),
      '};',
      '#endif',
      '',
    ].join('\n'),
  );
  write(
    join(generated, 'reasons.ts'),
    [
      '/** Generated from reasons.json. */',
      `export const dropReasons = ${JSON.stringify(
        reasons.map((reason, index) => ({ number: index + 1, ...reason })),
        null,
        2,
      )} as const;`,
      "export type DropReason = (typeof dropReasons)[number]['name'];",
      '',
    ].join('\n'),
  );
  write(join(here, '..', 'docs', 'drop-reasons.md'), reasonsDocument(reasons));
}

function writeCodecs(): void {
  const btf = Btf.fromObject(readFileSync(join(here, 'build', 'abi.bpf.o')));
  write(
    join(generated, 'abi.ts'),
    new CodecWriter(btf, 'gh_').module('/** Generated from the BTF of abi.bpf.o: the structs of include/abi.h. */'),
  );
}

if (import.meta.main) {
  mkdirSync(generated, { recursive: true });
  if (process.argv[2] === 'reasons') writeReasons();
  else if (process.argv[2] === 'codecs') writeCodecs();
  else throw new Error('usage: generate.ts reasons|codecs');
}
