'use client';
import { useQuery } from '@tanstack/react-query';
import { messageOf, useApi, useVisible } from '@/lib/api';
import { Badge } from '@/ui/badge';
import { ErrorNote, Page, Panel, Skeleton } from '@/ui/page';
import { Table, Td, Th } from '@/ui/table';
import { PowerButtons } from './power';
import { Update } from './update';

const TONES = { ok: 'permit', degraded: 'pending', failed: 'deny' } as const;

function Health() {
  const api = useApi();
  const visible = useVisible();
  const { data, error } = useQuery(
    api.system.health.queryOptions(undefined, { refetchInterval: visible ? 5000 : false }),
  );
  if (error) return <ErrorNote>{messageOf(error)}</ErrorNote>;
  if (!data) return <Skeleton />;
  return (
    <Table label="Health">
      <thead>
        <tr>
          <Th>Part</Th>
          <Th>State</Th>
          <Th>What it says</Th>
        </tr>
      </thead>
      <tbody>
        {data.map((item) => (
          <tr key={item.name}>
            <Td>{item.name}</Td>
            <Td>
              <Badge tone={TONES[item.state]}>{item.state}</Badge>
            </Td>
            <Td>{item.message}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function System() {
  const api = useApi();
  const { data } = useQuery(api.system.status.queryOptions());
  return (
    <Page
      title="System"
      description={data ? `Version ${data.version}.` : 'Health, image and power of this box.'}
      actions={<PowerButtons />}
    >
      <Panel title="Image">
        <Update />
      </Panel>
      <Panel title="Health">
        <Health />
      </Panel>
    </Page>
  );
}
