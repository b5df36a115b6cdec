'use client';
/** The session table: filters in the address, pages by cursor, one session in the inspector, clearing with confirmation. */
import type { AppRouter } from '@gatehouse/daemon/router';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { X } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useQueryState } from '@/forms/use-selection';
import { messageOf, useApi, useVisible } from '@/lib/api';
import { bytes, count, duration, endpoint } from '@/lib/format';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Input } from '@/ui/field';
import { EmptyState, ErrorNote, Page, Panel, Skeleton, Split } from '@/ui/page';
import { mono, number, Table, Td, Th } from '@/ui/table';
import { RelativeTime } from '@/ui/time';

type Session = inferRouterOutputs<AppRouter>['sessions']['list']['sessions'][number];

const FILTERS = ['source', 'destination', 'port', 'protocol', 'zone', 'rule', 'application'] as const;
const PAGE_SIZE = 100;

export function Sessions() {
  const api = useApi();
  const visible = useVisible();
  const [query, setQuery] = useQueryState();
  const [cursors, setCursors] = useState<string[]>([]);
  const [clearing, setClearing] = useState(false);
  const text = Object.fromEntries(FILTERS.flatMap((key) => (query.get(key) ? [[key, query.get(key) as string]] : [])));
  const { port, ...rest } = text;
  const filter = { ...rest, ...(port && /^\d+$/.test(port) ? { port: Number(port) } : {}) };
  const cursor = cursors.at(-1) ?? null;
  const list = useQuery(
    api.sessions.list.queryOptions(
      { filter, limit: PAGE_SIZE, cursor },
      { refetchInterval: visible ? 3000 : false, placeholderData: keepPreviousData },
    ),
  );
  const sessions = list.data?.sessions ?? [];
  const selected = sessions.find((session) => session.id === query.get('object'));
  return (
    <Page
      title="Sessions"
      description={
        list.data ? `${count(list.data.total)} ${Object.keys(filter).length ? 'match' : 'in the table'}` : ''
      }
      actions={
        <Button variant="danger" disabled={!list.data?.total} onClick={() => setClearing(true)}>
          Clear {Object.keys(filter).length ? 'these' : 'all'}…
        </Button>
      }
    >
      <div className="flex flex-wrap gap-2">
        {FILTERS.map((key) => (
          <Input
            key={key}
            aria-label={`Filter ${key}`}
            placeholder={key}
            className="w-36"
            defaultValue={query.get(key) ?? ''}
            onChange={(event) => {
              setCursors([]);
              setQuery({ [key]: event.target.value.trim() });
            }}
          />
        ))}
      </div>
      {list.error && <ErrorNote>{messageOf(list.error)}</ErrorNote>}
      <Split
        list={
          <Panel>
            {list.isPending ? (
              <Skeleton />
            ) : sessions.length ? (
              <Rows sessions={sessions} selected={selected?.id} onSelect={(id) => setQuery({ object: id })} />
            ) : (
              <EmptyState title="No sessions">
                A session stands here from its first permitted packet until it ends or idles out.
              </EmptyState>
            )}
            <div className="flex gap-2 p-2">
              <Button size="small" disabled={!cursors.length} onClick={() => setCursors((now) => now.slice(0, -1))}>
                Newer
              </Button>
              <Button
                size="small"
                disabled={!list.data?.nextCursor}
                onClick={() => setCursors((now) => [...now, list.data?.nextCursor as string])}
              >
                Older
              </Button>
            </div>
          </Panel>
        }
        inspector={selected ? <Detail session={selected} onClose={() => setQuery({ object: null })} /> : null}
      />
      <Clear open={clearing} total={list.data?.total ?? 0} filter={filter} onClose={() => setClearing(false)} />
    </Page>
  );
}

function Rows({
  sessions,
  selected,
  onSelect,
}: {
  sessions: Session[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}) {
  return (
    <Table label="Sessions">
      <thead>
        <tr>
          {['Protocol', 'Source', 'Destination', 'Zones', 'Rule', 'State'].map((label) => (
            <Th key={label}>{label}</Th>
          ))}
          <Th className="text-right">Bytes ↑ / ↓</Th>
          <Th className="text-right">Age</Th>
          <Th className="text-right">Ends in</Th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr
            key={session.id}
            tabIndex={0}
            aria-selected={session.id === selected}
            className={session.id === selected ? 'cursor-pointer bg-accent-soft' : 'cursor-pointer hover:bg-raised/60'}
            onClick={() => onSelect(session.id)}
            onKeyDown={(event) => event.key === 'Enter' && onSelect(session.id)}
          >
            <Td>{session.application ?? session.protocol}</Td>
            <Td className={mono}>
              {endpoint(session.source.address, session.source.port)}{' '}
              {session.translatedSource && (
                <Badge tone="nat">{endpoint(session.translatedSource.address, session.translatedSource.port)}</Badge>
              )}
            </Td>
            <Td className={mono}>
              {endpoint(session.destination.address, session.destination.port)}{' '}
              {session.translatedDestination && (
                <Badge tone="nat">
                  {endpoint(session.translatedDestination.address, session.translatedDestination.port)}
                </Badge>
              )}
            </Td>
            <Td>
              {session.fromZone} → {session.toZone}
            </Td>
            <Td>{session.rule?.name}</Td>
            <Td>{session.state}</Td>
            <Td className={number}>
              {bytes(session.bytes[0])} / {bytes(session.bytes[1])}
            </Td>
            <Td className={number}>{duration(Date.now() - session.createdAt)}</Td>
            <Td className={number}>{duration(session.expiresIn * 1000)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Detail({ session, onClose }: { session: Session; onClose: () => void }) {
  const rows: [string, React.ReactNode][] = [
    ['Protocol', session.protocol],
    ['Source', endpoint(session.source.address, session.source.port)],
    [
      'Source after NAT',
      session.translatedSource && endpoint(session.translatedSource.address, session.translatedSource.port),
    ],
    ['Destination', endpoint(session.destination.address, session.destination.port)],
    [
      'Destination after NAT',
      session.translatedDestination &&
        endpoint(session.translatedDestination.address, session.translatedDestination.port),
    ],
    ['Interfaces', `${session.ingress ?? 'the box'} → ${session.egress ?? 'the box'}`],
    [
      'Policy',
      session.rule && (
        <Link className="underline" href={`/policies?object=${session.rule.id}`}>
          {session.rule.name}
        </Link>
      ),
    ],
    ['Source NAT', session.sourceNat?.name],
    ['Destination NAT', session.destinationNat?.name],
    ['State', session.state],
    ['Began', <RelativeTime key="began" at={session.createdAt} />],
    ['Packets ↑ / ↓', `${count(session.packets[0])} / ${count(session.packets[1])}`],
    ['Bytes ↑ / ↓', `${bytes(session.bytes[0])} / ${bytes(session.bytes[1])}`],
  ];
  return (
    <Panel
      title={`Session ${session.id}`}
      actions={
        <Button size="icon" variant="ghost" aria-label="Close inspector" onClick={onClose}>
          <X aria-hidden className="size-4" />
        </Button>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 p-3">
        {rows
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-muted">{label}</dt>
              <dd className={mono}>{value}</dd>
            </div>
          ))}
      </dl>
    </Panel>
  );
}

type ClearProps = { open: boolean; total: number; filter: Record<string, string | number>; onClose: () => void };

function Clear({ open, total, filter, onClose }: ClearProps) {
  const api = useApi();
  const queries = useQueryClient();
  const clear = useMutation(
    api.sessions.clear.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: api.sessions.list.queryKey() });
        onClose();
      },
    }),
  );
  const words = Object.entries(filter).map(([key, value]) => `${key} ${value}`);
  return (
    <Dialog open={open} onClose={onClose} title={`Clear ${count(total)} sessions?`}>
      <div className="space-y-3">
        <p>
          {words.length ? `All sessions with ${words.join(', ')}` : 'All sessions, also yours to this page,'} end now.
          TCP connections hang until their ends notice; new ones are judged by the policies.
        </p>
        {clear.error && <ErrorNote>{messageOf(clear.error)}</ErrorNote>}
        <Button variant="danger" disabled={clear.isPending} onClick={() => clear.mutate({ filter })}>
          Clear {count(total)} sessions
        </Button>
      </div>
    </Dialog>
  );
}
