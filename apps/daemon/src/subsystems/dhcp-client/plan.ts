/** Pure: which interfaces get addresses from the network, and dhcpcd.conf(5) for it. */
import type { Config } from '@gatehouse/config';

export type Delegation = { to: string; subnet: number };
export type ClientInterface = {
  name: string;
  ipv4: boolean;
  ipv6: 'static' | 'slaac' | 'dhcpv6';
  /** Length of the prefix to ask for. */
  requestPrefix?: number;
  delegations: Delegation[];
};
export type DhcpClientPlan = ClientInterface[];

/** Null: no interface needs a client. Interfaces that are switched off ask for nothing. */
export function planDhcpClient(config: Config): DhcpClientPlan | null {
  const on = config.interfaces.filter((item) => item.enabled);
  const plan = on
    .filter((item) => item.ipv4 === 'dhcp' || item.ipv6 !== 'static')
    .map((item) => ({
      name: item.name,
      ipv4: item.ipv4 === 'dhcp',
      ipv6: item.ipv6,
      ...(item.requestPrefix === undefined ? {} : { requestPrefix: item.requestPrefix }),
      delegations: on
        .filter((other) => other.delegatedFrom === item.name)
        .map((other) => ({ to: other.name, subnet: other.delegatedSubnet ?? 0 })),
    }));
  return plan.length > 0 ? plan : null;
}

const GLOBAL = [
  // no scripts: the daemon asks for the leases
  'script /bin/true',
  // addresses outlive a restart of the client
  'persistent',
  'duid',
  'nodev',
  'noipv4ll',
  'noipv6rs',
  'option domain_name_servers, domain_name, ntp_servers, classless_static_routes, interface_mtu',
  'option dhcp6_name_servers',
  'option dhcp6_domain_search',
  'option dhcp6_ntp_server',
];
/** Metric of learned routes: a static route without one comes before them. */
const METRIC = 100;

function renderInterface(item: ClientInterface): string[] {
  const lines = [`interface ${item.name}`, `metric ${METRIC}`];
  // an answer sent to an address that is not the box's yet would be forwarded: servers shall broadcast it
  lines.push(item.ipv4 ? 'broadcast' : 'noipv4');
  if (item.ipv6 === 'static') lines.push('noipv6');
  else lines.push('ipv6rs');
  if (item.ipv6 === 'slaac') lines.push('nodhcp6');
  if (item.ipv6 === 'dhcpv6') lines.push('ia_na 1');
  if (item.requestPrefix !== undefined) {
    // the box is ::1 in each network
    const to = item.delegations.map(({ to: name, subnet }) => ` ${name}/${subnet}/64/1`).join('');
    lines.push(`ia_pd 2/::/${item.requestPrefix}${to}`);
  }
  return lines;
}

export function renderDhcpClient(plan: DhcpClientPlan): string {
  const behind = plan.flatMap((item) => item.delegations.map(({ to }) => to));
  return [
    `allowinterfaces ${[...plan.map((item) => item.name), ...behind].join(' ')}`,
    ...GLOBAL,
    ...plan.flatMap(renderInterface),
    ...behind.flatMap((name) => [`interface ${name}`, 'noipv4', 'nodhcp6']),
    '',
  ].join('\n');
}
