/** Interfaces: VLANs and their parents, addresses that do not overlap. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';
import { formatCidr, networkOf, type Prefix, parseCidr, prefixesOverlap } from '../values.ts';
import { missing } from './lookup.ts';

type Interface = Config['interfaces'][number];

function checkVlan(config: Config, item: Interface, index: number): Issue[] {
  const at = (key: string) => ['interfaces', index, key];
  if (item.type === 'ethernet') {
    const issues: Issue[] = [];
    if (item.parent !== undefined)
      issues.push(
        issue(at('parent'), item.parent, 'is set on an ethernet interface', 'Remove it, or make the type vlan.'),
      );
    if (item.vlanId !== undefined)
      issues.push(
        issue(at('vlanId'), item.vlanId, 'is set on an ethernet interface', 'Remove it, or make the type vlan.'),
      );
    return issues;
  }
  if (item.parent === undefined)
    return [issue(at('parent'), undefined, 'is missing', 'Name the ethernet interface that carries the tag.')];
  if (item.vlanId === undefined)
    return [issue(at('vlanId'), undefined, 'is missing', 'Choose a VLAN id from 1 to 4094.')];
  const parent = config.interfaces.find((candidate) => candidate.name === item.parent);
  if (!parent)
    return [
      missing(
        at('parent'),
        item.parent,
        'interface',
        config.interfaces.filter((other) => other.type === 'ethernet').map((other) => other.name),
      ),
    ];
  if (parent.type !== 'ethernet')
    return [issue(at('parent'), item.parent, 'is a VLAN itself', 'Name an ethernet interface.')];
  const twin = config.interfaces.find(
    (other) => other !== item && other.parent === item.parent && other.vlanId === item.vlanId,
  );
  if (twin && config.interfaces.indexOf(twin) < index)
    return [
      issue(at('vlanId'), item.vlanId, `is already used by ${twin.name} on ${item.parent}`, 'Choose another VLAN id.'),
    ];
  const limit = parent.mtu ?? 1500;
  if (item.mtu !== undefined && item.mtu > limit)
    return [
      issue(
        at('mtu'),
        item.mtu,
        `is larger than that of ${item.parent}, ${limit}`,
        `Write at most ${limit}, or raise the parent's MTU.`,
      ),
    ];
  return [];
}

export function checkInterfaces(config: Config): Issue[] {
  const issues: Issue[] = [];
  const seen: { prefix: Prefix; name: string }[] = [];
  config.interfaces.forEach((item, index) => {
    issues.push(...checkVlan(config, item, index));
    item.addresses.forEach((text, position) => {
      const prefix = parseCidr(text);
      if (!prefix) return;
      const path = ['interfaces', index, 'addresses', position];
      const clash = seen.find(
        (other) =>
          prefixesOverlap(other.prefix, prefix) && (other.name !== item.name || other.prefix.value === prefix.value),
      );
      if (clash)
        issues.push(
          issue(
            path,
            text,
            `overlaps ${formatCidr(networkOf(clash.prefix))} of ${clash.name}`,
            'Give each interface networks of its own.',
          ),
        );
      if (prefix.family === 6 && item.mtu !== undefined && item.mtu < 1280)
        issues.push(
          issue(['interfaces', index, 'mtu'], item.mtu, 'is too small for IPv6', 'Write at least 1280 (RFC 8200).'),
        );
      seen.push({ prefix, name: item.name });
    });
  });
  return issues;
}
