'use client';
import { useQuery } from '@tanstack/react-query';
import { Facts, SectionPage } from '@/forms/section';
import { messageOf, useApi, useVisible } from '@/lib/api';
import { Badge } from '@/ui/badge';
import { ErrorNote, Page, Panel, Skeleton } from '@/ui/page';
import { mono, number, Table, Td, Th } from '@/ui/table';

const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(3)} ms`;

function Status() {
  const api = useApi();
  const visible = useVisible();
  const { data, error } = useQuery(api.ntp.status.queryOptions(undefined, { refetchInterval: visible ? 3000 : false }));
  if (error) return <ErrorNote>{messageOf(error)}</ErrorNote>;
  if (!data) return <Skeleton />;
  if (!data.enabled) return <p className="p-3 text-muted">Off: the clock runs by itself.</p>;
  const { tracking, sources } = data;
  return (
    <>
      {data.error && <ErrorNote>{data.error}</ErrorNote>}
      {tracking && (
        <Facts
          facts={[
            [
              'Clock',
              <Badge key="clock" tone={tracking.synchronised ? 'permit' : 'reject'}>
                {tracking.synchronised ? 'synchronised' : 'not synchronised'}
              </Badge>,
            ],
            ['Source', tracking.source || 'none yet'],
            ['Stratum', tracking.stratum],
            ['Offset', milliseconds(tracking.offset)],
          ]}
        />
      )}
      {sources.length > 0 && (
        <Table label="Time servers">
          <thead>
            <tr>
              <Th>Server</Th>
              <Th>State</Th>
              <Th className="text-right">Stratum</Th>
              <Th className="text-right">Last answer</Th>
              <Th className="text-right">Offset</Th>
            </tr>
          </thead>
          <tbody>
            {sources.map((item) => (
              <tr key={item.name}>
                <Td className={mono}>{item.name}</Td>
                <Td>{item.state}</Td>
                <Td className={number}>{item.stratum}</Td>
                <Td className={number}>{item.lastAnswer === null ? 'never' : `${item.lastAnswer} s ago`}</Td>
                <Td className={number}>{milliseconds(item.offset)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

export function Time() {
  return (
    <Page title="Time" description="The clock of the box, and the time for its networks.">
      <SectionPage section="ntp">
        <Panel title="Now">
          <Status />
        </Panel>
      </SectionPage>
    </Page>
  );
}
