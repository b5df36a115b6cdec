/** Pure: the configuration's router advertisements as radvd's configuration. */
import type { Config } from '@gatehouse/config';
import { ownAddress6 } from '../dhcp-server/plan.ts';
import type { Facts } from '../subsystem.ts';

export type Advertisement = Omit<Config['routerAdvertisements'][number], 'id' | 'description' | 'enabled'>;
export type AdvertisementPlan = Advertisement[];

/** radvd's own: the /64 of each address that the interface has when an advertisement is sent, so also of a delegated one. */
const OF_THE_INTERFACE = '::/64';
/** radvd takes no more in one option; several options are allowed (RFC 8106, section 5.1). */
const RDNSS_MOST = 3;

export function planAdvertisements(config: Config, facts: Facts): AdvertisementPlan | null {
  const on = (device: string) => config.interfaces.some((item) => item.name === device && item.enabled);
  const plan = config.routerAdvertisements
    .filter((item) => item.enabled && on(item.interface))
    .map(({ id: _, description: __, enabled: ___, ...item }) => {
      const own = item.dnsServers.length ? null : ownAddress6(config, facts, item.interface);
      return own === null ? item : { ...item, dnsServers: [own] };
    });
  return plan.length ? plan : null;
}

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** RFC 8106, section 5.1: three intervals, so that one lost advertisement costs nothing. */
const dnsLifetime = (item: Advertisement): number => 3 * item.maxInterval;

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function block(item: Advertisement): string[] {
  const prefixes = item.prefixes.length ? item.prefixes : [OF_THE_INTERFACE];
  return [
    `interface ${item.interface} {`,
    '  AdvSendAdvert on;',
    '  IgnoreIfMissing on;',
    `  MaxRtrAdvInterval ${item.maxInterval};`,
    // RFC 4861, section 6.2.1: a third, but no less than three seconds
    `  MinRtrAdvInterval ${Math.max(3, Math.floor(item.maxInterval / 3))};`,
    `  AdvManagedFlag ${onOff(item.managed)};`,
    `  AdvOtherConfigFlag ${onOff(item.otherConfig)};`,
    `  AdvDefaultLifetime ${item.routerLifetime};`,
    `  AdvDefaultPreference ${item.preference};`,
    ...(item.mtu === undefined ? [] : [`  AdvLinkMTU ${item.mtu};`]),
    ...prefixes.flatMap((prefix) => [
      `  prefix ${prefix} {`,
      '    AdvOnLink on;',
      `    AdvAutonomous ${onOff(item.autonomous)};`,
      `    AdvValidLifetime ${item.validLifetime};`,
      `    AdvPreferredLifetime ${item.preferredLifetime};`,
      '  };',
    ]),
    ...chunks(item.dnsServers, RDNSS_MOST).map(
      (servers) => `  RDNSS ${servers.join(' ')} { AdvRDNSSLifetime ${dnsLifetime(item)}; };`,
    ),
    ...(item.domainSearch.length
      ? [`  DNSSL ${item.domainSearch.join(' ')} { AdvDNSSLLifetime ${dnsLifetime(item)}; };`]
      : []),
    '};',
  ];
}

/** radvd.conf(5). Every value was checked by the schema: names of devices, addresses, domain names, numbers. */
export const radvdConfig = (plan: AdvertisementPlan): string => `${plan.flatMap(block).join('\n')}\n`;
