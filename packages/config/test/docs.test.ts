import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configurationReference } from '../src/docs/markdown.ts';

it('docs/configuration.md is what the schema says (npm run docs)', () => {
  const file = join(import.meta.dirname, '../../../docs/configuration.md');
  expect(readFileSync(file, 'utf8')).toBe(configurationReference());
});
