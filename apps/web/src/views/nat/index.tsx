'use client';
/** Address translation: three ordered rule lists and the pools they draw from. */
import type { Config } from '@gatehouse/config';
import { useDraft } from '@/draft/draft';
import { KindTabs, useKind } from '@/forms/kinds';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { useCounters } from '@/lib/counters';
import { compact } from '@/lib/format';
import { Badge } from '@/ui/badge';
import { Page } from '@/ui/page';
import { mono, number } from '@/ui/table';

type Nat = Config['nat'];
const KINDS = ['source', 'destination', 'static', 'pools'] as const;
const LABELS = { source: 'Source', destination: 'Destination', static: 'Static 1:1', pools: 'Pools' } as const;

const name = {
  label: 'Name',
  cell: (item: { name: string; enabled?: boolean }) => (
    <span className="font-medium">
      {item.name} {item.enabled === false && <Badge tone="neutral">off</Badge>}
    </span>
  ),
};
const from = { label: 'From', cell: (item: { from: string[] }) => <Names names={item.from} /> };

function Hits({ id }: { id: string }) {
  return compact(useCounters()?.rules.find((rule) => rule.id === id)?.hits ?? 0);
}
const hits = { label: 'Hits', cell: (item: { id: string }) => <Hits id={item.id} />, className: number };

function sourceText({ translation }: Nat['source'][number]): string {
  if (translation.type === 'pool') return `pool ${translation.pool}`;
  return translation.type === 'interface' ? 'address of the egress interface' : 'not translated';
}

const SOURCE: readonly Column<Nat['source'][number]>[] = [
  name,
  from,
  { label: 'To', cell: (item) => <Names names={item.to} /> },
  { label: 'Source', cell: (item) => <Names names={item.source} />, className: mono },
  { label: 'Destination', cell: (item) => <Names names={item.destination} />, className: mono },
  { label: 'Becomes', cell: (item) => <Badge tone="nat">{sourceText(item)}</Badge> },
  hits,
];
const DESTINATION: readonly Column<Nat['destination'][number]>[] = [
  name,
  from,
  {
    label: 'Destination',
    cell: (item) => `${item.destination.join(', ')} ${item.protocol} ${item.port}`,
    className: mono,
  },
  {
    label: 'Becomes',
    cell: (item) => (
      <Badge tone="nat" className="font-mono">
        {item.translation.address} {item.translation.port ?? item.port}
      </Badge>
    ),
  },
  hits,
];
const STATIC: readonly Column<Nat['static'][number]>[] = [
  name,
  from,
  { label: 'Outside', cell: (item) => item.external, className: mono },
  {
    label: 'Inside',
    cell: (item) => (
      <Badge tone="nat" className="font-mono">
        {item.internal}
      </Badge>
    ),
  },
  hits,
];
const POOLS: readonly Column<Nat['pools'][number]>[] = [
  name,
  { label: 'Addresses', cell: (item) => <Names names={item.addresses} />, className: mono },
  { label: 'Ports', cell: (item) => item.ports, className: mono },
];

export function NatPage() {
  const { config } = useDraft();
  const [kind, choose] = useKind(KINDS);
  return (
    <Page
      title="NAT"
      description="The first rule that matches translates. Policies see the source before and the destination after translation."
    >
      <KindTabs
        kinds={KINDS.map((item) => ({ kind: item, label: LABELS[item], count: config.nat[item].length }))}
        chosen={kind}
        onChoose={choose}
      />
      {kind === 'source' && (
        <ListPage
          key={kind}
          list="nat.source"
          columns={SOURCE}
          purpose="Hides a network behind the box’s own address, so that it reaches the internet."
        />
      )}
      {kind === 'destination' && (
        <ListPage
          key={kind}
          list="nat.destination"
          columns={DESTINATION}
          purpose="Publishes a server under an address of the box: port forwarding. A policy must permit it too."
        />
      )}
      {kind === 'static' && (
        <ListPage
          key={kind}
          list="nat.static"
          columns={STATIC}
          purpose="Gives a host or network an address outside, in both directions, all ports."
        />
      )}
      {kind === 'pools' && (
        <ListPage key={kind} list="nat.pools" columns={POOLS} purpose="Addresses that source NAT rules draw from." />
      )}
    </Page>
  );
}
