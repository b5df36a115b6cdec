/** The name of a revision. Apart from index.ts, because browsers have no synchronous hash. */
import { createHash } from 'node:crypto';
import { canonicalize } from './canonical.ts';
import type { Config } from './schema.ts';

/** SHA-256 of the canonical form, hexadecimal. */
export function revisionOf(config: Config): string {
  return createHash('sha256').update(canonicalize(config)).digest('hex');
}
