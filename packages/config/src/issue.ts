/** What is wrong with a configuration: where, which value, what to do. */

export type Path = (string | number)[];
export type Issue = {
  path: Path;
  /** JSON pointer (RFC 6901) of the path. */
  pointer: string;
  value?: unknown;
  message: string;
  remedy: string;
  severity: 'error' | 'warning';
};

export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function issue(
  path: Path,
  value: unknown,
  message: string,
  remedy: string,
  severity: Issue['severity'] = 'error',
): Issue {
  return { path, pointer: pointerOf(path), value, message, remedy, severity };
}

/** The value at a path, undefined when it is not there. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (at !== null && typeof at === 'object' ? (at as Record<string, unknown>)[part] : undefined),
    root,
  );
}
