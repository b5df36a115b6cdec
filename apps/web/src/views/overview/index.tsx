'use client';
/** How the box does now: throughput, sessions, drops by reason, ports, last commits, health. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { type Counters, type Pair, rate, useCounterPair } from '@/lib/counters';
import { bitRate, compact, count, revisionShort } from '@/lib/format';
import { Badge } from '@/ui/badge';
import { ErrorNote, Page, Panel, Skeleton } from '@/ui/page';
import { number, Table, Td } from '@/ui/table';
import { RelativeTime } from '@/ui/time';
import { Link as DeviceLink, useDevices } from '../interfaces';
import { type Series, Throughput } from './chart';

/** One hour at one value a second. */
const KEPT = 3600;
const SHOWN_REASONS = 8;

const total = (key: 'rxBytes' | 'txBytes') => (counters: Counters) =>
  counters.interfaces.reduce((sum, item) => sum + item[key], 0);

function useSeries(pair: Pair | null): Series {
  const [series, setSeries] = useState<Series>({ times: [], values: [[], []] });
  useEffect(() => {
    if (!pair?.before) return;
    const values = [rate(pair, total('rxBytes')) * 8, rate(pair, total('txBytes')) * 8];
    setSeries((before) => ({
      times: [...before.times, pair.now.time / 1000].slice(-KEPT),
      values: before.values.map((line, i) => [...line, values[i] as number].slice(-KEPT)),
    }));
  }, [pair]);
  return series;
}

function Figure({ label, value, note }: { label: string; value: string; note?: string }) {
  return (
    <div className="px-3 py-2">
      <p className="text-xs text-muted">{label}</p>
      <p className="text-lg font-semibold">{value}</p>
      {note && <p className="text-xs text-muted">{note}</p>}
    </div>
  );
}

export function Overview() {
  const pair = useCounterPair();
  const series = useSeries(pair);
  return (
    <Page title="Overview">
      <Panel title="Throughput">
        {pair ? (
          <div className="grid grid-cols-2 divide-line sm:grid-cols-5 sm:divide-x">
            <Figure label="In (solid)" value={bitRate(rate(pair, total('rxBytes')))} />
            <Figure label="Out (dashed)" value={bitRate(rate(pair, total('txBytes')))} />
            <Figure
              label="Sessions"
              value={count(pair.now.sessions.active)}
              note={`of ${compact(pair.now.sessions.limit)}`}
            />
            <Figure label="New sessions" value={`${compact(rate(pair, (c) => c.totals.sessionsCreated ?? 0))} /s`} />
            <Figure
              label="Drops"
              value={`${compact(rate(pair, (c) => c.reasons.reduce((sum, reason) => sum + reason.packets, 0)))} /s`}
            />
          </div>
        ) : (
          <Skeleton lines={2} />
        )}
        <div className="border-t border-line p-2">
          <Throughput series={series} />
        </div>
      </Panel>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        <Ports pair={pair} />
        <Drops pair={pair} />
        <Commits />
        <Health />
      </div>
    </Page>
  );
}

function Ports({ pair }: { pair: Pair | null }) {
  const devices = useDevices();
  return (
    <Panel title="Interfaces">
      <ul className="grid gap-px sm:grid-cols-2">
        {devices.map((device) => {
          const of = (key: 'rxBytes' | 'txBytes') =>
            pair ? rate(pair, (all) => all.interfaces.find((item) => item.name === device.name)?.[key] ?? 0) : 0;
          return (
            <li key={device.name} className="px-3 py-2">
              <p className="flex items-center gap-2">
                <Link href="/interfaces" className="font-mono font-medium hover:underline">
                  {device.name}
                </Link>
                <DeviceLink device={device} />
                <span className="text-muted">{device.zone ?? 'no zone'}</span>
              </p>
              <p className="font-mono text-xs text-muted">
                ↓ {bitRate(of('rxBytes'))} ↑ {bitRate(of('txBytes'))}
              </p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Drops({ pair }: { pair: Pair | null }) {
  const rows = (pair?.now.reasons ?? []).filter((reason) => reason.packets > 0).sort((a, b) => b.packets - a.packets);
  return (
    <Panel title="Drops by reason">
      {rows.length === 0 ? (
        <p className="p-3 text-muted">Nothing was dropped yet.</p>
      ) : (
        <Table label="Drops by reason">
          <tbody>
            {rows.slice(0, SHOWN_REASONS).map((reason) => (
              <tr key={reason.name}>
                <Td>
                  <Link className="underline" href={`/log?reason=${reason.name}`}>
                    {reason.name}
                  </Link>
                </Td>
                <Td className={number}>{count(reason.packets)} packets</Td>
                <Td className={number}>
                  {pair &&
                    compact(
                      rate(pair, (all) => all.reasons.find((item) => item.name === reason.name)?.packets ?? 0),
                    )}{' '}
                  /s
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function Commits() {
  const api = useApi();
  const history = useQuery(api.config.history.queryOptions());
  return (
    <Panel title="Last commits">
      <ul className="divide-y divide-line">
        {history.data?.slice(0, 5).map((entry) => (
          <li key={`${entry.revision} ${entry.time}`} className="flex gap-2 px-3 py-1.5">
            <span className="font-mono text-xs leading-5">{revisionShort(entry.revision)}</span>
            <span className="min-w-0 flex-1 truncate">{entry.message || 'no message'}</span>
            <span className="text-muted">
              {entry.actor}, <RelativeTime at={entry.time} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Health() {
  const api = useApi();
  const status = useQuery(api.system.status.queryOptions(undefined, { refetchInterval: 5000 }));
  return (
    <Panel title="Health">
      {status.error && <ErrorNote>{messageOf(status.error)}</ErrorNote>}
      <ul className="divide-y divide-line">
        {status.data?.subsystems.map((item) => (
          <li key={item.name} className="flex gap-2 px-3 py-1.5">
            <Badge tone={item.state === 'ok' ? 'permit' : item.state === 'degraded' ? 'reject' : 'deny'}>
              {item.state}
            </Badge>
            {item.name}
            <span className="text-muted">{item.message}</span>
          </li>
        ))}
        {status.data && (
          <li className="px-3 py-1.5 text-muted">
            Version {status.data.version}, generation {status.data.generation}, up since{' '}
            <RelativeTime at={status.data.startedAt} />
            {status.data.lostEvents > 0 && `, ${count(status.data.lostEvents)} log events lost`}
          </li>
        )}
      </ul>
    </Panel>
  );
}
