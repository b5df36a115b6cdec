/** Writes the documents that are generated: `npm run docs`. A unit test fails when they are stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationReference } from '@gatehouse/config/docs';
import { root } from './inputs.ts';

writeFileSync(join(root, 'docs/configuration.md'), configurationReference());
