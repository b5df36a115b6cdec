/** Router advertisements: one entry for an interface, lifetimes that fit each other (RFC 4861, section 6.2.1). */
import { networksOf } from '../dhcp.ts';
import { type Issue, issue, type Path } from '../issue.ts';
import type { Config } from '../schema.ts';
import { parseCidr } from '../values.ts';
import { checkServed } from './dhcp-server.ts';

type Advertisement = Config['routerAdvertisements'][number];

function checkPrefixes(path: Path, item: Advertisement): Issue[] {
  return item.prefixes.flatMap((text, index) => {
    const prefix = parseCidr(text);
    const at = [...path, 'prefixes', index];
    if (prefix?.family === 4) return [issue(at, text, 'is not an IPv6 prefix', 'Write for example 2001:db8:1::/64.')];
    if (prefix && item.autonomous && prefix.length !== 64)
      return [
        issue(
          at,
          text,
          'is not a /64, from which clients can make addresses',
          'Write a /64, or switch SLAAC off (RFC 4862, section 5.5.3).',
        ),
      ];
    return [];
  });
}

/** There is something to advertise, and the box is the router of this network, not its client. */
function checkNetwork(config: Config, path: Path, item: Advertisement): Issue[] {
  const device = config.interfaces.find((other) => other.name === item.interface);
  if (!device) return [];
  const at = [...path, 'interface'];
  if (device.ipv6 !== 'static')
    return [
      issue(
        at,
        item.interface,
        'takes its own addresses from this network',
        'Advertise on the networks behind the box, or make IPv6 of the interface static.',
      ),
    ];
  if (item.prefixes.length || device.delegatedFrom !== undefined || networksOf(config, item.interface, 6).length)
    return [];
  return [
    issue(
      at,
      item.interface,
      'has no IPv6 network to advertise',
      'Give the interface an IPv6 address, or the /64 of a delegated prefix.',
      'warning',
    ),
  ];
}

function checkOne(config: Config, item: Advertisement, index: number): Issue[] {
  const path = ['routerAdvertisements', index];
  const at = (key: string) => [...path, key];
  const issues = checkServed(config, at('interface'), item.interface, item.dnsServers.length ? [] : ['dns']);
  issues.push(...checkPrefixes(path, item), ...checkNetwork(config, path, item));
  if (item.preferredLifetime > item.validLifetime)
    issues.push(
      issue(
        at('preferredLifetime'),
        item.preferredLifetime,
        'is longer than the valid lifetime',
        `Write at most ${item.validLifetime}.`,
      ),
    );
  if (item.routerLifetime !== 0 && item.routerLifetime < item.maxInterval)
    issues.push(
      issue(
        at('routerLifetime'),
        item.routerLifetime,
        'ends before the next advertisement comes',
        `Write 0, or at least the interval, ${item.maxInterval}.`,
      ),
    );
  const mtu = config.interfaces.find((other) => other.name === item.interface)?.mtu ?? 1500;
  if (item.mtu !== undefined && item.mtu > mtu)
    issues.push(
      issue(at('mtu'), item.mtu, `is larger than that of ${item.interface}`, `Write at most ${mtu} (RFC 4861).`),
    );
  const scope = config.dhcpServer.ipv6.find((other) => other.enabled && other.interface === item.interface);
  if (item.managed && scope?.mode !== 'stateful')
    issues.push(
      issue(
        at('managed'),
        true,
        'sends clients to a DHCPv6 server that this box is not',
        `Add a stateful DHCPv6 scope for ${item.interface}, or switch it off.`,
        'warning',
      ),
    );
  return issues;
}

export function checkRouterAdvertisements(config: Config): Issue[] {
  const seen = new Set<string>();
  return config.routerAdvertisements.flatMap((item, index) => {
    if (seen.has(item.interface))
      return [
        issue(
          ['routerAdvertisements', index, 'interface'],
          item.interface,
          'has router advertisements already',
          'Keep one entry for an interface.',
        ),
      ];
    seen.add(item.interface);
    return item.enabled ? checkOne(config, item, index) : [];
  });
}
