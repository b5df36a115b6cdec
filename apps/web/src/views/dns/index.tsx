'use client';
import { useQuery } from '@tanstack/react-query';
import { Facts, SectionPage } from '@/forms/section';
import { messageOf, useApi, useVisible } from '@/lib/api';
import { Badge } from '@/ui/badge';
import { ErrorNote, Page, Panel, Skeleton } from '@/ui/page';
import { mono, number, Table, Td, Th } from '@/ui/table';
import { RelativeTime } from '@/ui/time';
import { Lookup } from './lookup';

function Status() {
  const api = useApi();
  const visible = useVisible();
  const { data, error } = useQuery(api.dns.status.queryOptions(undefined, { refetchInterval: visible ? 3000 : false }));
  if (error) return <ErrorNote>{messageOf(error)}</ErrorNote>;
  if (!data) return <Skeleton />;
  if (!data.enabled) return <p className="p-3 text-muted">Off: hosts and the box itself ask other servers.</p>;
  const { statistics, forwards, blockLists } = data;
  return (
    <>
      {data.error && <ErrorNote>{data.error}</ErrorNote>}
      {statistics && (
        <Facts
          facts={[
            ['Queries', statistics.queries.toLocaleString()],
            ['From cache', statistics.cacheHits.toLocaleString()],
            ['Refused by DNSSEC', statistics.bogus.toLocaleString()],
            ...forwards.map(
              (item) =>
                [
                  item.zone === '.' ? 'Forwarded' : `Forwarded, ${item.zone}`,
                  <span key={item.zone} className={mono}>
                    {item.servers.join(', ')}
                  </span>,
                ] as const,
            ),
          ]}
        />
      )}
      {blockLists.length > 0 && (
        <Table label="Block lists">
          <thead>
            <tr>
              <Th>Block list</Th>
              <Th className="text-right">Names</Th>
              <Th>Fetched</Th>
              <Th>State</Th>
            </tr>
          </thead>
          <tbody>
            {blockLists.map((list) => (
              <tr key={list.name}>
                <Td>{list.name}</Td>
                <Td className={number}>{list.names.toLocaleString()}</Td>
                <Td>{list.fetchedAt === null ? 'never' : <RelativeTime at={list.fetchedAt} />}</Td>
                <Td>
                  {list.error ? <Badge tone="deny">failed</Badge> : <Badge tone="permit">fetched</Badge>}
                  {list.error && <p className="text-xs text-muted">{list.error}</p>}
                  {list.cut && <p className="text-xs text-muted">Cut at the limit of names.</p>}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

export function Dns() {
  return (
    <Page title="DNS" description="The box resolves names for its networks and for itself.">
      <SectionPage section="dns">
        <Panel title="Now">
          <Status />
        </Panel>
        <Panel title="Look up">
          <Lookup />
        </Panel>
      </SectionPage>
    </Page>
  );
}
