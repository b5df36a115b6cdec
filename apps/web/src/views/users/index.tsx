'use client';
import type { Config } from '@gatehouse/config';
import { type Column, ListPage } from '@/forms/list-page';
import { Badge } from '@/ui/badge';
import { Page } from '@/ui/page';

type User = Config['users'][number];

const COLUMNS: readonly Column<User>[] = [
  { label: 'Name', cell: (user) => <span className="font-medium">{user.name}</span> },
  { label: 'Full name', cell: (user) => user.fullName ?? '' },
  { label: 'Role', cell: (user) => user.role },
  {
    label: 'Login',
    cell: (user) => (user.disabled ? <Badge tone="deny">disabled</Badge> : <Badge tone="permit">allowed</Badge>),
  },
];

export function Users() {
  return (
    <Page
      title="Users"
      description="Who may log in. Operators see everything and may clear sessions; read-only users only look."
    >
      <ListPage
        list="users"
        columns={COLUMNS}
        purpose="Give every person an account of their own: commits carry their name."
      />
    </Page>
  );
}
