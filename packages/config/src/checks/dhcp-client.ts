/** Addresses from the network: what can not be together, and prefixes that somebody must ask for. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';
import { parseCidr } from '../values.ts';
import { missing } from './lookup.ts';

type Interface = Config['interfaces'][number];

function checkStatic(item: Interface, index: number): Issue[] {
  return item.addresses.flatMap((text, position) => {
    const family = parseCidr(text)?.family;
    const method = family === 4 ? item.ipv4 : item.ipv6;
    if (family === undefined || method === 'static') return [];
    const remedy = `Remove it, or make IPv${family} static.`;
    return [issue(['interfaces', index, 'addresses', position], text, `can not stand beside ${method}`, remedy)];
  });
}

function checkDelegated(config: Config, item: Interface, index: number): Issue[] {
  const at = (key: keyof Interface) => ['interfaces', index, key];
  if (item.delegatedFrom === undefined)
    return item.delegatedSubnet === undefined
      ? []
      : [
          issue(
            at('delegatedSubnet'),
            item.delegatedSubnet,
            'belongs to no prefix',
            'Say where the prefix comes from.',
          ),
        ];
  if (item.ipv6 !== 'static')
    return [issue(at('delegatedFrom'), item.delegatedFrom, `can not stand beside ${item.ipv6}`, 'Make IPv6 static.')];
  const source = config.interfaces.find((other) => other.name === item.delegatedFrom && other !== item);
  const sources = config.interfaces.filter((other) => other.requestPrefix !== undefined && other !== item);
  if (!source || source.requestPrefix === undefined)
    return [
      source
        ? issue(at('delegatedFrom'), item.delegatedFrom, 'asks for no prefix', 'Give it a prefix to ask for.')
        : missing(
            at('delegatedFrom'),
            item.delegatedFrom,
            'interface',
            sources.map((other) => other.name),
          ),
    ];
  const subnet = item.delegatedSubnet ?? 0;
  const room = 2 ** (64 - source.requestPrefix);
  if (subnet >= room)
    return [
      issue(
        at('delegatedSubnet'),
        subnet,
        `does not fit into a /${source.requestPrefix}, which has ${room} of them`,
        `Write at most ${room - 1}, or ask for a shorter prefix.`,
      ),
    ];
  const twin = config.interfaces.find(
    (other) => other !== item && other.delegatedFrom === item.delegatedFrom && (other.delegatedSubnet ?? 0) === subnet,
  );
  if (!twin || config.interfaces.indexOf(twin) > index) return [];
  return [issue(at('delegatedSubnet'), subnet, `is that of ${twin.name}`, 'Choose another number.')];
}

export function checkDhcpClients(config: Config): Issue[] {
  return config.interfaces.flatMap((item, index) => [
    ...checkStatic(item, index),
    ...(item.requestPrefix !== undefined && item.ipv6 !== 'dhcpv6'
      ? [issue(['interfaces', index, 'requestPrefix'], item.requestPrefix, 'needs DHCPv6', 'Make IPv6 dhcpv6.')]
      : []),
    ...checkDelegated(config, item, index),
  ]);
}
