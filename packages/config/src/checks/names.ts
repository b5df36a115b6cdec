/** Names and ids are unique where they are looked up. */
import { predefinedApplicationNames } from '../applications.ts';
import { type Issue, issue, type Path } from '../issue.ts';
import type { Config } from '../schema.ts';

type Named = { id: string; name?: string };

/** Lists that share a name space, with their paths. */
function nameSpaces(config: Config): { path: Path; items: Named[] }[][] {
  return [
    [{ path: ['certificates'], items: config.certificates }],
    [{ path: ['users'], items: config.users }],
    [{ path: ['interfaces'], items: config.interfaces }],
    [{ path: ['routes'], items: config.routes }],
    [{ path: ['zones'], items: config.zones }],
    [{ path: ['dhcpServer', 'ipv4'], items: config.dhcpServer.ipv4 }],
    [{ path: ['dhcpServer', 'ipv6'], items: config.dhcpServer.ipv6 }],
    [{ path: ['dhcpServer', 'reservations'], items: config.dhcpServer.reservations }],
    [{ path: ['routerAdvertisements'], items: config.routerAdvertisements }],
    [{ path: ['screens'], items: config.screens }],
    [
      { path: ['addresses'], items: config.addresses },
      { path: ['addressGroups'], items: config.addressGroups },
    ],
    [
      { path: ['applications'], items: config.applications },
      { path: ['applicationGroups'], items: config.applicationGroups },
    ],
    [{ path: ['dns', 'forwarders'], items: config.dns.forwarders }],
    [{ path: ['dns', 'hosts'], items: config.dns.hosts }],
    [{ path: ['dns', 'domains'], items: config.dns.domains }],
    [{ path: ['dns', 'blockLists'], items: config.dns.blockLists }],
    [{ path: ['ntp', 'servers'], items: config.ntp.servers }],
    [{ path: ['policies'], items: config.policies }],
    [{ path: ['nat', 'pools'], items: config.nat.pools }],
    [
      { path: ['nat', 'source'], items: config.nat.source },
      { path: ['nat', 'destination'], items: config.nat.destination },
      { path: ['nat', 'static'], items: config.nat.static },
    ],
  ];
}

const RESERVED: Record<string, string[]> = {
  zones: ['self', 'any'],
  addresses: ['any', 'any-ipv4', 'any-ipv6'],
  addressGroups: ['any', 'any-ipv4', 'any-ipv6'],
  applications: ['any'],
  applicationGroups: ['any'],
};

export function checkNames(config: Config): Issue[] {
  const issues: Issue[] = [];
  for (const space of nameSpaces(config)) {
    const seen = { id: new Map<string, string>(), name: new Map<string, string>() };
    for (const { path, items } of space) {
      items.forEach((item, index) => {
        for (const key of ['id', 'name'] as const) {
          const value = item[key];
          if (value === undefined) continue;
          const first = seen[key].get(value);
          if (first)
            issues.push(
              issue([...path, index, key], value, `is already the ${key} of ${first}`, 'Choose another one.'),
            );
          else seen[key].set(value, `${path.join('.')} ${index + 1}`);
        }
        const collection = String(path[path.length - 1]);
        if (item.name !== undefined && RESERVED[collection]?.includes(item.name))
          issues.push(issue([...path, index, 'name'], item.name, 'is a reserved word', 'Choose another name.'));
        if (
          collection.startsWith('application') &&
          item.name !== undefined &&
          predefinedApplicationNames.has(item.name)
        )
          issues.push(
            issue(
              [...path, index, 'name'],
              item.name,
              'is the name of a predefined application',
              'Choose another name.',
            ),
          );
      });
    }
  }
  return issues;
}
