/** Reading and writing values of a configuration by path. */
import type { Path } from '@gatehouse/config';

type Container = Record<string | number, unknown>;

export function getAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) value = (value as Container | undefined)?.[part];
  return value;
}

/** Sets a value; undefined takes the field away. Missing objects on the way are made. */
export function setAt(root: unknown, path: Path, value: unknown): void {
  let at = root as Container;
  for (const part of path.slice(0, -1)) {
    at[part] ??= {};
    at = at[part] as Container;
  }
  const last = path.at(-1) as string | number;
  if (value === undefined) delete at[last];
  else at[last] = value;
}

/** Adds an entry to a list of names. "any" stands alone: it goes when something is named, and is all when it is chosen. */
export function withEntry(entries: readonly string[], entry: string): string[] {
  if (entry === 'any') return ['any'];
  return [...entries.filter((item) => item !== 'any' && item !== entry), entry];
}

/** Takes an entry away; a list that may not be empty falls back. */
export function withoutEntry(entries: readonly string[], entry: string, fallback: unknown): string[] {
  const rest = entries.filter((item) => item !== entry);
  return rest.length === 0 && Array.isArray(fallback) ? (fallback as string[]) : rest;
}
