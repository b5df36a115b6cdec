/** Policies → rows of the rule set POLICY. */
import type { Config } from '@gatehouse/config';
import { ACTION, LOG } from '../abi.ts';
import type { Registry } from '../registry.ts';
import type { Resolver } from './resolve.ts';
import type { Row } from './rows.ts';

/** abi.h, struct gh_policy_row. */
export type PolicyRow = { rule: number; counter: number; action: number; log: number };

export function expandPolicies(
  config: Config,
  resolver: Resolver,
  registry: Registry,
): { rows: Row[]; values: PolicyRow[] } {
  const rows: Row[] = [];
  const values: PolicyRow[] = [];
  for (const policy of config.policies) {
    // a disabled policy keeps its number and its counter
    const rule = registry.number('policy', policy.id, policy.name);
    const counter = registry.slot('counter', rule);
    if (!policy.enabled) continue;
    const value: PolicyRow = {
      rule,
      counter,
      action: ACTION[policy.action],
      log: (policy.log.init ? LOG.INIT : 0) | (policy.log.close ? LOG.CLOSE : 0),
    };
    const from = resolver.zones(policy.from);
    const to = resolver.zones(policy.to);
    const source = resolver.addresses(policy.source);
    const destination = resolver.addresses(policy.destination);
    for (const condition of resolver.applications(policy.application)) {
      rows.push({ from, to, source, destination, ...condition });
      values.push(value);
    }
  }
  return { rows, values };
}
