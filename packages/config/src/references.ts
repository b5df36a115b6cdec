/** Which objects name which: where-used, and renaming that takes every reference along. */
import type { Path } from './issue.ts';
import type { Config } from './schema.ts';

export type ReferencedType = 'zone' | 'interface' | 'address' | 'application' | 'screen' | 'pool' | 'certificate';
export type Reference = { path: Path; objectType: string; name: string };

type Slot = { path: Path; objectType: string; name: string; get: () => string[]; set: (names: string[]) => void };

const one = (value: string | undefined): string[] => (value === undefined ? [] : [value]);

/** Every place that names objects of a type. */
function slots(config: Config, type: ReferencedType): Slot[] {
  const result: Slot[] = [];
  const list = <T extends { name: string }>(path: Path, objectType: string, items: T[], key: keyof T & string) => {
    items.forEach((item, index) => {
      result.push({
        path: [...path, index, key],
        objectType,
        name: item.name,
        get: () => item[key] as string[],
        set: (names) => {
          item[key] = names as T[typeof key];
        },
      });
    });
  };
  const single = <T extends { id: string; name?: string }>(
    path: Path,
    objectType: string,
    items: T[],
    key: keyof T & string,
  ) => {
    items.forEach((item, index) => {
      result.push({
        path: [...path, index, key],
        objectType,
        name: item.name ?? item.id,
        get: () => one(item[key] as string | undefined),
        set: ([name]) => {
          item[key] = name as T[typeof key];
        },
      });
    });
  };
  const { nat } = config;
  switch (type) {
    case 'zone':
      for (const key of ['from', 'to'] as const) {
        list(['policies'], 'Policy', config.policies, key);
        list(['nat', 'source'], 'Source NAT', nat.source, key);
      }
      list(['nat', 'destination'], 'Destination NAT', nat.destination, 'from');
      list(['nat', 'static'], 'Static NAT', nat.static, 'from');
      break;
    case 'interface':
      list(['zones'], 'Zone', config.zones, 'interfaces');
      single(['interfaces'], 'Interface', config.interfaces, 'parent');
      single(['interfaces'], 'Interface', config.interfaces, 'delegatedFrom');
      single(['routes'], 'Route', config.routes, 'interface');
      single(['dhcpServer', 'ipv4'], 'DHCP scope', config.dhcpServer.ipv4, 'interface');
      single(['dhcpServer', 'ipv6'], 'DHCPv6 scope', config.dhcpServer.ipv6, 'interface');
      single(['routerAdvertisements'], 'Router advertisement', config.routerAdvertisements, 'interface');
      for (const section of ['dns', 'ntp'] as const) {
        const part = config[section];
        result.push({
          path: [section, 'interfaces'],
          objectType: section === 'dns' ? 'DNS' : 'Time',
          name: section === 'dns' ? 'DNS' : 'Time',
          get: () => part.interfaces,
          set: (names) => {
            part.interfaces = names;
          },
        });
      }
      break;
    case 'address':
      for (const key of ['source', 'destination'] as const) {
        list(['policies'], 'Policy', config.policies, key);
        list(['nat', 'source'], 'Source NAT', nat.source, key);
        list(['nat', 'destination'], 'Destination NAT', nat.destination, key);
      }
      list(['addressGroups'], 'Address group', config.addressGroups, 'members');
      break;
    case 'application':
      list(['policies'], 'Policy', config.policies, 'application');
      list(['nat', 'source'], 'Source NAT', nat.source, 'application');
      list(['applicationGroups'], 'Application group', config.applicationGroups, 'members');
      break;
    case 'screen':
      single(['zones'], 'Zone', config.zones, 'screen');
      break;
    case 'certificate': {
      const { tls } = config.management.web;
      result.push({
        path: ['management', 'web', 'tls', 'certificate'],
        objectType: 'Management page',
        name: 'TLS',
        get: () => one(tls.certificate),
        set: ([name]) => {
          tls.certificate = name;
        },
      });
      break;
    }
    case 'pool':
      nat.source.forEach((rule, index) => {
        const { translation } = rule;
        if (translation.type !== 'pool') return;
        result.push({
          path: ['nat', 'source', index, 'translation', 'pool'],
          objectType: 'Source NAT',
          name: rule.name,
          get: () => [translation.pool],
          set: ([name]) => {
            translation.pool = name ?? translation.pool;
          },
        });
      });
      break;
  }
  return result;
}

/** Who names this object. */
export function references(config: Config, type: ReferencedType, name: string): Reference[] {
  return slots(config, type)
    .filter((slot) => slot.get().includes(name))
    .map(({ path, objectType, name: user }) => ({ path, objectType, name: user }));
}

const COLLECTIONS: Record<ReferencedType, (config: Config) => { name: string }[][]> = {
  zone: (config) => [config.zones],
  interface: (config) => [config.interfaces],
  address: (config) => [config.addresses, config.addressGroups],
  application: (config) => [config.applications, config.applicationGroups],
  screen: (config) => [config.screens],
  pool: (config) => [config.nat.pools],
  certificate: (config) => [config.certificates],
};

/** A copy in which the object and every reference to it have the new name. Its id stays, so the difference says "renamed". */
export function rename(config: Config, type: ReferencedType, from: string, to: string): Config {
  const copy = structuredClone(config);
  for (const slot of slots(copy, type))
    if (slot.get().includes(from)) slot.set(slot.get().map((name) => (name === from ? to : name)));
  for (const items of COLLECTIONS[type](copy)) for (const item of items) if (item.name === from) item.name = to;
  return copy;
}
