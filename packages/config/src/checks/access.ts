/** Users: somebody must be able to administer the box. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';

export function checkAccess(config: Config): Issue[] {
  if (!config.users.length) return [];
  if (config.users.some((user) => user.role === 'administrator' && !user.disabled)) return [];
  return [
    issue(
      ['users'],
      undefined,
      'has no administrator who is not disabled',
      'Keep at least one user with the role administrator.',
    ),
  ];
}
