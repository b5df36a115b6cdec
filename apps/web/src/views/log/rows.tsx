'use client';
import Link from 'next/link';
import type { MouseEvent } from 'react';
import { cn } from '@/lib/cn';
import { bytes, duration } from '@/lib/format';
import { Badge, type Tone } from '@/ui/badge';
import { mono, Table, Td, Th } from '@/ui/table';
import { type Entry, explainHref, type Key } from './filters';

type OnValue = (key: Key, value: string, not: boolean) => void;
const TONES: Record<Entry['kind'], Tone> = { open: 'permit', close: 'neutral', drop: 'deny' };

function Value({ of, value, onValue, text }: { of: Key; value: string | null; onValue: OnValue; text?: string }) {
  if (!value) return null;
  const onClick = (event: MouseEvent) => onValue(of, value, event.altKey);
  return (
    <button type="button" className="text-left hover:underline" onClick={onClick}>
      {text ?? value}
    </button>
  );
}

export function Rows(props: { entries: readonly Entry[]; onValue: OnValue; onMakeRule: (entry: Entry) => void }) {
  return (
    <Table label="Log">
      <thead>
        <tr>
          {['Time', 'Event', 'Protocol', 'Source', 'Destination', 'Zones', 'Rule', 'Reason', ''].map((label) => (
            <Th key={label}>{label || <span className="sr-only">Actions</span>}</Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.entries.map((entry) => (
          <Row key={entry.id} entry={entry} onValue={props.onValue} onMakeRule={props.onMakeRule} />
        ))}
      </tbody>
    </Table>
  );
}

function Address({ of, address, port, onValue }: { of: Key; address: string; port: number; onValue: OnValue }) {
  return (
    <>
      <Value
        of={of}
        value={address}
        onValue={onValue}
        text={address.includes(':') && port ? `[${address}]` : address}
      />
      {port > 0 && ':'}
      {port > 0 && <Value of="port" value={String(port)} onValue={onValue} />}
    </>
  );
}

function Row({ entry, onValue, onMakeRule }: { entry: Entry; onValue: OnValue; onMakeRule: (entry: Entry) => void }) {
  const reject = entry.reason === 'policy-reject';
  return (
    <tr>
      <Td className={mono}>
        <time dateTime={new Date(entry.time).toISOString()} title={new Date(entry.time).toLocaleString()}>
          {new Date(entry.time).toLocaleTimeString([], { hour12: false })}.{String(entry.time % 1000).padStart(3, '0')}
        </time>
      </Td>
      <Td>
        <button type="button" onClick={(event) => onValue('kind', entry.kind, event.altKey)}>
          <Badge tone={reject ? 'reject' : TONES[entry.kind]}>{reject ? 'reject' : entry.kind}</Badge>
        </button>
      </Td>
      <Td>
        <Value of="protocol" value={entry.protocol} onValue={onValue} text={entry.application ?? entry.protocol} />
      </Td>
      <Td className={mono}>
        <Address of="source" address={entry.source} port={entry.sourcePort} onValue={onValue} />
      </Td>
      <Td className={mono}>
        <Address of="destination" address={entry.destination} port={entry.destinationPort} onValue={onValue} />
        {entry.translated && (
          <p>
            <Badge tone="nat">
              {entry.translated.source}:{entry.translated.sourcePort} → {entry.translated.destination}:
              {entry.translated.destinationPort}
            </Badge>
          </p>
        )}
      </Td>
      <Td className="whitespace-nowrap">
        <Value of="zone" value={entry.fromZone} onValue={onValue} />
        {entry.toZone && ' → '}
        <Value of="zone" value={entry.toZone} onValue={onValue} />
      </Td>
      <Td>
        {entry.rule && (
          <Link className="underline" href={`/policies?object=${encodeURIComponent(entry.rule.id)}`}>
            {entry.rule.name}
          </Link>
        )}
      </Td>
      <Td className="min-w-48">
        {entry.reason && (
          <details>
            <summary className={cn('cursor-pointer', entry.kind === 'drop' && (reject ? 'text-reject' : 'text-deny'))}>
              {entry.reason}
            </summary>
            <p className="text-xs text-muted">{entry.reasonText}</p>
            {entry.revision && (
              <p className="font-mono text-xs text-muted">decided by revision {entry.revision.slice(0, 8)}</p>
            )}
            <Value of="reason" value={entry.reason} onValue={onValue} text="only this reason" />
          </details>
        )}
        {entry.bytes && (
          <span className="text-xs text-muted">
            {bytes(entry.bytes[0])} ↑ {bytes(entry.bytes[1])} ↓ in {duration(entry.durationMs ?? 0)}
          </span>
        )}
      </Td>
      <Td className="space-x-2 text-xs whitespace-nowrap">
        <Link className="underline" href={explainHref(entry)}>
          Explain
        </Link>
        {entry.kind === 'drop' && entry.fromZone && entry.toZone && (
          <button type="button" className="underline" onClick={() => onMakeRule(entry)}>
            Make a rule
          </button>
        )}
      </Td>
    </tr>
  );
}
