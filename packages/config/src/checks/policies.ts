/** Policies: every name exists, source and destination can meet. */
import { type Issue, issue } from '../issue.ts';
import { familiesOf } from '../resolve.ts';
import type { Config } from '../schema.ts';
import { Names } from './lookup.ts';

export function checkPolicies(config: Config): Issue[] {
  const names = new Names(config);
  return config.policies.flatMap((policy, index) => {
    const at = (key: string) => ['policies', index, key];
    const issues = [
      ...names.zoneList(at('from'), policy.from),
      ...names.zoneList(at('to'), policy.to),
      ...names.addressList(at('source'), policy.source),
      ...names.addressList(at('destination'), policy.destination),
      ...names.applicationList(at('application'), policy.application),
    ];
    if (issues.length) return issues;
    const source = familiesOf(config, policy.source);
    if (![...familiesOf(config, policy.destination)].some((family) => source.has(family)))
      issues.push(
        issue(
          at('destination'),
          policy.destination,
          'shares no address family with the source, so the policy never matches',
          'Use addresses of one family.',
          'warning',
        ),
      );
    return issues;
  });
}
