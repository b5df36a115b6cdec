/** Who may come in: somebody must be able to administer the box; a shell needs somebody who may use it. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';

function checkSsh({ management: { ssh } }: Config): Issue[] {
  if (!ssh.enabled || ssh.authorizedKeys.length > 0) return [];
  const remedy = 'Add a public key, or switch secure shell off.';
  return [issue(['management', 'ssh', 'authorizedKeys'], [], 'is empty, so nobody can log in', remedy)];
}

function checkUsers(config: Config): Issue[] {
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

export function checkAccess(config: Config): Issue[] {
  return [...checkUsers(config), ...checkSsh(config)];
}
