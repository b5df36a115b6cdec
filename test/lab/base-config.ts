/** The configuration that tests begin with, and ways to vary it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, parseConfig } from '@gatehouse/config';

const FILE = join(import.meta.dirname, 'base-config.json');

/** A fresh copy of `base-config.json` with all defaults, changed by `edit`. Throws when the schema refuses the result. */
export function baseConfig(edit: (config: Config) => void = () => {}): Config {
  const parse = (raw: unknown): Config => {
    const result = parseConfig(raw);
    if (!result.ok) throw new Error(result.issues.map((i) => `${i.pointer} ${i.message}. ${i.remedy}`).join('\n'));
    return result.config;
  };
  const config = parse(JSON.parse(readFileSync(FILE, 'utf8')));
  edit(config);
  return parse(config);
}

/** A policy with its defaults, for tests that add one. */
export function policy(
  input: Pick<Config['policies'][number], 'name' | 'action'> & Partial<Config['policies'][number]>,
): Config['policies'][number] {
  return {
    id: input.name,
    enabled: true,
    from: ['any'],
    to: ['any'],
    source: ['any'],
    destination: ['any'],
    application: ['any'],
    log: { init: false, close: false },
    ...input,
  };
}
