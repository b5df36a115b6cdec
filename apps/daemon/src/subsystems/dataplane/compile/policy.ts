/** Policies → rows of the rule set POLICY. */
import { action, log, type PolicyRow } from '@gatehouse/bpf/abi';
import type { Config } from '@gatehouse/config';
import type { Registry } from '../registry.ts';
import type { Resolver } from './resolve.ts';
import type { Row } from './rows.ts';

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
      action: action[policy.action],
      log: (policy.log.init ? log.init : 0) | (policy.log.close ? log.close : 0),
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
