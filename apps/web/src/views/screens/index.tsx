'use client';
import type { Config } from '@gatehouse/config';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { Page } from '@/ui/page';

type Screen = Config['screens'][number];

const CHECKS = [
  ['land', 'land'],
  ['synFin', 'SYN and FIN'],
  ['noFlag', 'no flag'],
  ['finNoAck', 'FIN without ACK'],
] as const;

const COLUMNS: readonly Column<Screen>[] = [
  { label: 'Name', cell: (screen) => <span className="font-medium">{screen.name}</span> },
  {
    label: 'Drops',
    cell: (screen) => <Names names={CHECKS.filter(([key]) => screen[key]).map(([, label]) => label)} />,
  },
  { label: 'Description', cell: (screen) => screen.description ?? '' },
];

export function Screens() {
  return (
    <Page title="Screens" description="Checks of packets that no honest sender makes. A zone names the screen it uses.">
      <ListPage
        list="screens"
        columns={COLUMNS}
        purpose="A screen drops malformed packets before any policy is asked."
      />
    </Page>
  );
}
