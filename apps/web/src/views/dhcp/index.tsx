'use client';
/** What clients of the networks are given: scopes of both families, reservations, router advertisements, and who has what. */
import type { Config } from '@gatehouse/config';
import { useDraft } from '@/draft/draft';
import { KindTabs, useKind } from '@/forms/kinds';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { duration } from '@/lib/format';
import { Badge } from '@/ui/badge';
import { Page } from '@/ui/page';
import { mono, number } from '@/ui/table';
import { Leases, useLeases } from './leases';
import { suggestAdvertisement, suggestScope } from './suggest';

type Server = Config['dhcpServer'];
type Scope = Server['ipv4'][number] | Server['ipv6'][number];
type Reservation = Server['reservations'][number];
type Advertisement = Config['routerAdvertisements'][number];

const KINDS = ['ipv4', 'ipv6', 'reservations', 'routerAdvertisements', 'leases'] as const;
const LABELS: Record<(typeof KINDS)[number], string> = {
  ipv4: 'IPv4 scopes',
  ipv6: 'IPv6 scopes',
  reservations: 'Reservations',
  routerAdvertisements: 'Router advertisements',
  leases: 'Leases',
};

const off = (item: { enabled: boolean }) => (item.enabled ? null : <Badge tone="neutral">off</Badge>);
const named = (item: { name: string; enabled: boolean }) => (
  <span className="font-medium">
    {item.name} {off(item)}
  </span>
);
const own = <span className="text-muted">the box</span>;

const SCOPE: readonly Column<Scope>[] = [
  { label: 'Name', cell: named },
  { label: 'Interface', cell: (item) => item.interface, className: mono },
  {
    label: 'Ranges',
    cell: (item) => ('mode' in item && item.mode === 'stateless' ? 'options only' : <Names names={item.ranges} />),
    className: mono,
  },
  {
    label: 'DNS servers',
    cell: (item) => (item.dnsServers.length ? item.dnsServers.join(', ') : own),
    className: mono,
  },
  { label: 'Lease', cell: (item) => duration(item.leaseSeconds * 1000), className: number },
];
const SCOPE4: readonly Column<Server['ipv4'][number]>[] = [
  ...(SCOPE.slice(0, 3) as Column<Server['ipv4'][number]>[]),
  { label: 'Gateway', cell: (item) => item.gateway ?? own, className: mono },
  ...(SCOPE.slice(3) as Column<Server['ipv4'][number]>[]),
];
const RESERVATION: readonly Column<Reservation>[] = [
  { label: 'Name', cell: named },
  { label: 'Address', cell: (item) => item.address, className: mono },
  { label: 'Client', cell: (item) => item.mac ?? item.duid ?? item.clientId ?? '', className: mono },
  { label: 'Host name', cell: (item) => item.hostName ?? item.name },
  { label: 'Description', cell: (item) => item.description ?? '' },
];
const ADVERTISEMENT: readonly Column<Advertisement>[] = [
  {
    label: 'Interface',
    cell: (item) => (
      <span className="font-mono font-medium">
        {item.interface} {off(item)}
      </span>
    ),
  },
  {
    label: 'Prefixes',
    cell: (item) =>
      item.prefixes.length ? item.prefixes.join(', ') : <span className="text-muted">of the interface</span>,
    className: mono,
  },
  {
    label: 'Clients',
    cell: (item) => (
      <Names
        names={[
          ...(item.autonomous ? ['make addresses'] : []),
          ...(item.managed ? ['ask for addresses'] : []),
          ...(item.otherConfig ? ['ask for options'] : []),
        ]}
      />
    ),
  },
  { label: 'Preference', cell: (item) => item.preference },
];

export function DhcpPage() {
  const { config } = useDraft();
  const [kind, choose] = useKind(KINDS);
  const live = useLeases();
  const counts: Record<(typeof KINDS)[number], number> = {
    ipv4: config.dhcpServer.ipv4.length,
    ipv6: config.dhcpServer.ipv6.length,
    reservations: config.dhcpServer.reservations.length,
    routerAdvertisements: config.routerAdvertisements.length,
    leases: live.leases?.length ?? 0,
  };
  return (
    <Page title="DHCP" description="Addresses, gateways and name servers for the clients of your networks.">
      <KindTabs
        kinds={KINDS.map((item) => ({ kind: item, label: LABELS[item], count: counts[item] }))}
        chosen={kind}
        onChoose={choose}
      />
      {kind === 'ipv4' && (
        <ListPage
          key={kind}
          list="dhcpServer.ipv4"
          columns={SCOPE4}
          over={() => suggestScope(config, 4)}
          purpose="A scope gives the clients of an interface their addresses, the way out and the name server. The zone of the interface must admit DHCP."
        />
      )}
      {kind === 'ipv6' && (
        <ListPage
          key={kind}
          list="dhcpServer.ipv6"
          columns={SCOPE}
          over={() => suggestScope(config, 6)}
          purpose="Most networks need router advertisements alone. A scope gives addresses that you choose, or options that only DHCPv6 carries."
        />
      )}
      {kind === 'reservations' && (
        <ListPage
          key={kind}
          list="dhcpServer.reservations"
          columns={RESERVATION}
          purpose="A reservation gives a device the same address each time, and a name. Begin with a lease: it can be reserved as it stands."
        />
      )}
      {kind === 'routerAdvertisements' && (
        <ListPage
          key={kind}
          list="routerAdvertisements"
          columns={ADVERTISEMENT}
          over={() => suggestAdvertisement(config)}
          purpose="Tells the IPv6 clients of an interface that this box is their router, and from which prefix they make their addresses."
        />
      )}
      {kind === 'leases' && <Leases {...live} />}
    </Page>
  );
}
