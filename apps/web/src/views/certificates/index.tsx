'use client';
/** Certificates of the configuration, and the one that the page shows to browsers now. */
import { type Config, references } from '@gatehouse/config';
import { useQuery } from '@tanstack/react-query';
import { useDraft } from '@/draft/draft';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { Facts } from '@/forms/section';
import { messageOf, useApi } from '@/lib/api';
import { Badge } from '@/ui/badge';
import { EmptyState, ErrorNote, Page, Panel, Skeleton } from '@/ui/page';

type Certificate = Config['certificates'][number];

const SOON_MS = 30 * 86_400_000;

export function Certificates() {
  const { config } = useDraft();
  const columns: readonly Column<Certificate>[] = [
    { label: 'Name', cell: (item) => <span className="font-medium">{item.name}</span> },
    { label: 'Private key', cell: (item) => (item.privateKey ? <Badge tone="permit">set</Badge> : 'none') },
    {
      label: 'Used by',
      cell: (item) => <Names names={references(config, 'certificate', item.name).map((place) => place.objectType)} />,
    },
  ];
  return (
    <Page title="Certificates" description="What the box proves itself with, to browsers and to peers.">
      <PageCertificate />
      <ListPage
        list="certificates"
        columns={columns}
        purpose="Add one that browsers trust, and choose it in the settings of the management page."
      />
    </Page>
  );
}

/** The fingerprint is what a careful person compares with the console before the first login. */
function PageCertificate() {
  const api = useApi();
  const shown = useQuery(api.system.certificate.queryOptions());
  const day = (time: number) => new Date(time).toLocaleDateString();
  return (
    <Panel title="Management page">
      {shown.error ? (
        <ErrorNote>{messageOf(shown.error)}</ErrorNote>
      ) : shown.data === undefined ? (
        <Skeleton lines={4} />
      ) : shown.data === null ? (
        <EmptyState title="Without TLS">Switch it on in the settings of the management page.</EmptyState>
      ) : (
        <Facts
          facts={[
            ['Subject', shown.data.subject],
            ['Issuer', shown.data.own ? 'This box itself' : shown.data.issuer],
            ['Names', shown.data.names],
            [
              'Valid',
              `${day(shown.data.validFrom)} to ${day(shown.data.validTo)}${shown.data.validTo - Date.now() < SOON_MS ? ': ends soon' : ''}`,
            ],
            ['SHA-256', shown.data.fingerprint],
          ]}
        />
      )}
    </Panel>
  );
}
