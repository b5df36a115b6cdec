'use client';
import type { Config } from '@gatehouse/config';
import { type Column, ListPage } from '@/forms/list-page';
import { Page } from '@/ui/page';
import { mono } from '@/ui/table';

type Route = Config['routes'][number];

const COLUMNS: readonly Column<Route>[] = [
  { label: 'Destination', cell: (route) => route.destination, className: mono },
  { label: 'Next hop', cell: (route) => route.nextHop ?? route.type, className: mono },
  { label: 'Interface', cell: (route) => route.interface ?? '', className: mono },
  { label: 'Metric', cell: (route) => route.metric ?? '', className: mono },
  { label: 'Description', cell: (route) => route.description ?? '' },
];

export function Routing() {
  return (
    <Page title="Routing" description="Static routes. Networks of the interfaces need none.">
      <ListPage list="routes" columns={COLUMNS} purpose="A default route (0.0.0.0/0 or ::/0) leads to the internet." />
    </Page>
  );
}
