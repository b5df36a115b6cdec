/** Canonical JSON of a configuration: keys sorted, absent fields left away. Its SHA-256 names the revision (see revision.ts). */
import type { Config } from './schema.ts';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

export function canonicalize(config: Config): string {
  return JSON.stringify(sorted(config));
}
