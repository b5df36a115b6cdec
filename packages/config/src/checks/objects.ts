/** Address and application objects: ranges in order, groups without holes or cycles, terms that make sense. */
import { type Issue, issue, type Path } from '../issue.ts';
import type { Config } from '../schema.ts';
import { parseIp } from '../values.ts';
import { missing, Names } from './lookup.ts';

type Group = { name: string; members: string[] };

/** Names on a cycle that begins and ends at `start`, or null. */
function cycleFrom(start: string, groups: Map<string, string[]>): string[] | null {
  const walk = (name: string, trail: string[]): string[] | null => {
    for (const member of groups.get(name) ?? []) {
      if (member === start) return [...trail, member];
      if (trail.includes(member)) continue;
      const found = groups.has(member) ? walk(member, [...trail, member]) : null;
      if (found) return found;
    }
    return null;
  };
  return walk(start, [start]);
}

function checkGroups(path: Path, groups: Group[], known: Set<string>, what: string): Issue[] {
  const members = new Map(groups.map((group) => [group.name, group.members]));
  return groups.flatMap((group, index) => {
    const issues = group.members.flatMap((name, position) =>
      known.has(name) ? [] : [missing([...path, index, 'members', position], name, what, known)],
    );
    if (!group.members.length)
      issues.push(
        issue([...path, index, 'members'], [], 'is empty, so the group matches nothing', 'Add a member.', 'warning'),
      );
    const cycle = cycleFrom(group.name, members);
    if (cycle)
      issues.push(
        issue(
          [...path, index, 'members'],
          group.members,
          `contains itself: ${cycle.join(' → ')}`,
          'Remove one of these memberships.',
        ),
      );
    return issues;
  });
}

export function checkObjects(config: Config): Issue[] {
  const names = new Names(config);
  const ranges = config.addresses.flatMap((item, index) => {
    if (item.type !== 'range') return [];
    const from = parseIp(item.from);
    const to = parseIp(item.to);
    if (!from || !to) return [];
    if (from.family !== to.family)
      return [
        issue(
          ['addresses', index, 'to'],
          item.to,
          'is of another family than the first address',
          'Write both as IPv4 or both as IPv6.',
        ),
      ];
    return from.value > to.value
      ? [issue(['addresses', index, 'to'], item.to, `is before ${item.from}`, 'Swap the two.')]
      : [];
  });
  const terms = config.applications.flatMap((application, index) => {
    const path = ['applications', index, 'terms'];
    if (!application.terms.length) return [issue(path, [], 'is empty', 'Add at least one term.')];
    return application.terms.flatMap((term, position) => {
      const ported = ['tcp', 'udp', 'sctp', 6, 17, 132].includes(term.protocol);
      const icmp = ['icmp', 'icmp6', 1, 58].includes(term.protocol);
      const at = (key: string) => [...path, position, key];
      const issues: Issue[] = [];
      for (const key of ['destinationPort', 'sourcePort'] as const)
        if (!ported && term[key] !== undefined)
          issues.push(
            issue(
              at(key),
              term[key],
              `is set, but ${term.protocol} has no ports`,
              'Remove it, or choose tcp, udp or sctp.',
            ),
          );
      if (!icmp && term.icmpType !== undefined)
        issues.push(
          issue(
            at('icmpType'),
            term.icmpType,
            `is set, but ${term.protocol} is not ICMP`,
            'Remove it, or choose icmp or icmp6.',
          ),
        );
      if (term.icmpCode !== undefined && term.icmpType === undefined)
        issues.push(
          issue(at('icmpType'), undefined, 'is missing while a code is set', 'Add the type, or remove the code.'),
        );
      return issues;
    });
  });
  return [
    ...ranges,
    ...checkGroups(['addressGroups'], config.addressGroups, names.addresses, 'address'),
    ...terms,
    ...checkGroups(['applicationGroups'], config.applicationGroups, names.applications, 'application'),
  ];
}
