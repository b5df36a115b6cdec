'use client';
/** Leases as they come and go; one becomes a reservation in the draft, or ends. */
import { useMutation } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useDraft } from '@/draft/draft';
import { itemsOf, newItem } from '@/forms/lists';
import { useQueryState } from '@/forms/use-selection';
import { messageOf, useApi, useNow, useVisible } from '@/lib/api';
import { duration } from '@/lib/format';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Input } from '@/ui/field';
import { EmptyState, ErrorNote, Panel, Skeleton } from '@/ui/page';
import { mono, number, Table, Td, Th } from '@/ui/table';
import { type Lease, reservationFor } from './suggest';

const TONES: Record<Lease['state'], Tone> = { active: 'permit', declined: 'reject', expired: 'neutral' };
const SHOWN = 500;

/** All leases, anew when one changes; null before the first answer. */
export function useLeases(): { leases: Lease[] | null; error: unknown } {
  const api = useApi();
  const visible = useVisible();
  const [leases, setLeases] = useState<Lease[] | null>(null);
  const stream = useSubscription(
    api.dhcp.watchLeases.subscriptionOptions(undefined, { enabled: visible, onData: setLeases }),
  );
  return { leases, error: stream.error };
}

export function Leases({ leases, error }: ReturnType<typeof useLeases>) {
  const [query, setQuery] = useQueryState();
  const api = useApi();
  const release = useMutation(api.dhcp.release.mutationOptions());
  const wanted = (query.get('filter') ?? '').trim().toLowerCase();
  const found = (leases ?? []).filter((lease) => Object.values(lease).join(' ').toLowerCase().includes(wanted));
  const problem = error ?? release.error;
  return (
    <div className="space-y-3">
      <Input
        aria-label="Filter leases"
        placeholder="Address, name, MAC, scope…"
        className="w-64"
        defaultValue={query.get('filter') ?? ''}
        onChange={(event) => setQuery({ filter: event.target.value })}
      />
      {problem ? <ErrorNote>{messageOf(problem)}</ErrorNote> : null}
      <Panel>
        {leases === null ? (
          <Skeleton />
        ) : found.length === 0 ? (
          <EmptyState title={leases.length ? 'No lease matches' : 'No leases'}>
            A client stands here from the moment it is given an address until its lease has run out.
          </EmptyState>
        ) : (
          <Table label="Leases">
            <thead>
              <tr>
                {['Address', 'Host name', 'MAC address', 'Scope', 'State'].map((label) => (
                  <Th key={label}>{label}</Th>
                ))}
                <Th className="text-right">Ends in</Th>
                <Th>Reservation</Th>
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, SHOWN).map((lease) => (
                <Row key={lease.address} lease={lease} onRelease={() => release.mutate({ address: lease.address })} />
              ))}
            </tbody>
          </Table>
        )}
        {found.length > SHOWN && <p className="p-2 text-muted">{found.length - SHOWN} more: filter to see them.</p>}
      </Panel>
    </div>
  );
}

function Row({ lease, onRelease }: { lease: Lease; onRelease: () => void }) {
  const { config, change } = useDraft();
  const now = useNow(10_000);
  const reserved = config.dhcpServer.reservations.find((item) => item.address === lease.address);
  const reserve = () =>
    change((draft) => {
      const items = itemsOf(draft, 'dhcpServer.reservations');
      items.push(newItem(items, 'dhcpServer.reservations', reservationFor(lease)));
    });
  return (
    <tr className="hover:bg-raised/60">
      <Td className={mono}>{lease.address}</Td>
      <Td>{lease.hostName}</Td>
      <Td className={mono}>
        <span title={lease.duid ?? lease.clientId ?? undefined}>{lease.mac ?? lease.duid ?? lease.clientId}</span>
      </Td>
      <Td>{lease.scope}</Td>
      <Td>
        <Badge tone={TONES[lease.state]}>{lease.state}</Badge>
      </Td>
      <Td className={number}>
        <time dateTime={new Date(lease.expiresAt).toISOString()} title={new Date(lease.expiresAt).toLocaleString()}>
          {duration(lease.expiresAt - now)}
        </time>
      </Td>
      <Td>
        {reserved ? (
          <Link className="underline" href={`/dhcp?kind=reservations&object=${encodeURIComponent(reserved.id)}`}>
            {reserved.name}
          </Link>
        ) : (
          <Button size="small" aria-label={`Reserve ${lease.address}`} onClick={reserve}>
            Reserve
          </Button>
        )}
      </Td>
      <Td>
        <Button size="small" variant="danger" aria-label={`Release ${lease.address}`} onClick={onRelease}>
          Release
        </Button>
      </Td>
    </tr>
  );
}
