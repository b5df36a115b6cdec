/** Issues that the dataplane adds to those of the configuration's own checks. */
import type { Issue } from '@gatehouse/config';

/** JSON pointer (RFC 6901) of a path. */
function pointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function issue(
  path: (string | number)[],
  value: unknown,
  message: string,
  remedy: string,
  severity: 'error' | 'warning' = 'error',
): Issue {
  return { path, pointer: pointer(path), value, message, remedy, severity };
}
