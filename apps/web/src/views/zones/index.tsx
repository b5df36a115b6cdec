'use client';
import type { Zone } from '@gatehouse/config';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { Page } from '@/ui/page';
import { mono } from '@/ui/table';

const COLUMNS: readonly Column<Zone>[] = [
  { label: 'Name', cell: (zone) => <span className="font-medium">{zone.name}</span> },
  { label: 'Interfaces', cell: (zone) => <Names names={zone.interfaces} />, className: mono },
  { label: 'Services of the box', cell: (zone) => <Names names={zone.hostInbound} /> },
  { label: 'Screen', cell: (zone) => zone.screen ?? '' },
  { label: 'Description', cell: (zone) => zone.description ?? '' },
];

export function Zones() {
  return (
    <Page
      title="Zones"
      description="Interfaces that are trusted alike. Policies say what may pass from one zone to another."
    >
      <ListPage
        list="zones"
        columns={COLUMNS}
        purpose="A zone groups interfaces. Without one, an interface drops all packets. Begin with one for the home network and one for the internet."
      />
    </Page>
  );
}
