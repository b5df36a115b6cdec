'use client';
/** The live log: newest on top, each value a filter, each drop with its reason. */
import type { Policy } from '@gatehouse/config';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { Pause, Play, X } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useDraft } from '@/draft/draft';
import { newItem } from '@/forms/lists';
import { useQueryState } from '@/forms/use-selection';
import { messageOf, useApi, useStore, useVisible } from '@/lib/api';
import { count } from '@/lib/format';
import { Button } from '@/ui/button';
import { Input, Select } from '@/ui/field';
import { EmptyState, ErrorNote, Page, Panel } from '@/ui/page';
import { type Entry, filterOf, type Hidden, isHidden, KEYS, type Key } from './filters';
import { Rows } from './rows';

const KEPT = 2000;
const SHOWN = 200;

/** Entries of a filter, newest first: those that were there, then live ones. While paused, new ones wait. */
function useEntries(filterText: string, paused: boolean) {
  const api = useApi();
  const visible = useVisible();
  const filter = filterOf(new URLSearchParams(filterText));
  const recent = useQuery(api.events.recent.queryOptions({ filter, limit: SHOWN }, { staleTime: 0, gcTime: 0 }));
  const [entries, setEntries] = useState<Entry[]>([]);
  const [waiting, setWaiting] = useState<Entry[]>([]);
  // entry of this filter behind which the stream begins, also after the window was hidden; '' = from the beginning
  const [since, setSince] = useState<{ filterText: string; id: string } | null>(null);
  const newest = (waiting[0] ?? entries[0])?.id ?? '';
  useEffect(() => {
    if (!recent.data) return;
    setEntries(recent.data);
    setWaiting([]);
    setSince({ filterText, id: recent.data[0]?.id ?? '' });
  }, [recent.data, filterText]);
  useEffect(() => {
    if (!visible) setSince((now) => now && { ...now, id: newest });
  }, [visible, newest]);
  useEffect(() => {
    if (paused || !waiting.length) return;
    setEntries((now) => [...waiting, ...now].slice(0, KEPT));
    setWaiting([]);
  }, [paused, waiting]);
  const stream = useSubscription(
    api.events.watch.subscriptionOptions(
      { filter, lastEventId: since?.id ?? null },
      {
        enabled: visible && recent.isSuccess && since?.filterText === filterText,
        onData: ({ data }) => setWaiting((now) => [data, ...now].slice(0, KEPT)),
      },
    ),
  );
  return { entries, waiting: waiting.length, error: recent.error ?? stream.error };
}

export function Log() {
  const router = useRouter();
  const { config, change } = useDraft();
  const [query, setQuery] = useQueryState();
  const [stopped, setStopped] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const [hidden, setHidden] = useState<Hidden[]>([]);
  useEffect(() => {
    const onScroll = () => setScrolled(scrollY > 200);
    addEventListener('scroll', onScroll, { passive: true });
    return () => removeEventListener('scroll', onScroll);
  }, []);
  const paused = stopped || scrolled;
  const { entries, waiting, error } = useEntries(query.toString(), paused);
  const shown = entries.filter((entry) => !isHidden(entry, hidden)).slice(0, SHOWN);

  const onValue = (key: Key, value: string, not: boolean) => {
    if (not) setHidden((now) => [...now, { key, value }]);
    else setQuery({ [key]: value });
  };
  const makeRule = (entry: Entry) => {
    const item = newItem(config.policies, 'policies', {
      name: `permit-${entry.protocol}-${entry.destinationPort || 'any'}`,
      from: [entry.fromZone ?? 'any'],
      to: [entry.toZone ?? 'any'],
      source: [entry.source],
      destination: [entry.destination],
      description: `From a drop (${entry.reason}) in the log`,
    });
    change((draft) => draft.policies.push(item as unknown as Policy));
    router.push(`/policies?object=${item.id}`);
  };
  return (
    <Page
      title="Log"
      description="Opened and closed sessions and every drop with its reason. Click a value to filter by it, Alt-click to hide it."
      actions={
        <Button onClick={() => setStopped(!stopped)}>
          {stopped ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
          {stopped ? 'Go on' : 'Pause'}
        </Button>
      }
    >
      <div className="flex flex-wrap gap-2">
        <Select
          aria-label="Filter kind"
          className="w-32"
          value={query.get('kind') ?? ''}
          onChange={(event) => setQuery({ kind: event.target.value })}
        >
          <option value="">all kinds</option>
          <option value="drop">drop</option>
          <option value="open">open</option>
          <option value="close">close</option>
        </Select>
        {KEYS.filter((key) => key !== 'kind').map((key) => (
          <Input
            key={`${key} ${query.get(key) ?? ''}`}
            aria-label={`Filter ${key}`}
            placeholder={key}
            className="w-32"
            defaultValue={query.get(key) ?? ''}
            onBlur={(event) =>
              event.target.value !== (query.get(key) ?? '') && setQuery({ [key]: event.target.value.trim() })
            }
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          />
        ))}
        <Views />
      </div>
      {hidden.length > 0 && (
        <ul aria-label="Hidden values" className="flex flex-wrap gap-1">
          {hidden.map(({ key, value }) => (
            <li key={`${key} ${value}`} className="flex items-center rounded-md bg-raised pl-2 text-xs">
              not {key} {value}
              <button
                type="button"
                className="p-1"
                aria-label={`Show ${value} again`}
                onClick={() => setHidden((now) => now.filter((item) => item.value !== value || item.key !== key))}
              >
                <X aria-hidden className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {error && <ErrorNote>{messageOf(error)}</ErrorNote>}
      {paused && (
        <p role="status" className="text-pending">
          Paused; {count(waiting)} new.{' '}
          {scrolled && (
            <button type="button" className="underline" onClick={() => scrollTo({ top: 0 })}>
              To the newest
            </button>
          )}
        </p>
      )}
      <Panel>
        {shown.length ? (
          <Rows entries={shown} onValue={onValue} onMakeRule={makeRule} />
        ) : (
          <EmptyState title="Nothing yet">Entries appear here as they happen.</EmptyState>
        )}
      </Panel>
    </Page>
  );
}

/** Filters that somebody wants to come back to. */
function Views() {
  const store = useStore();
  const queries = useQueryClient();
  const router = useRouter();
  const [query] = useQueryState();
  const views = useQuery(store.views.list.queryOptions({ page: 'log' }));
  const [name, setName] = useState('');
  const save = useMutation(
    store.views.save.mutationOptions({
      onSuccess: () => {
        setName('');
        void queries.invalidateQueries({ queryKey: store.views.list.queryKey() });
      },
    }),
  );
  return (
    <>
      {(views.data?.length ?? 0) > 0 && (
        <Select
          aria-label="Saved views"
          className="w-36"
          value=""
          onChange={(event) => router.replace(`/log?${event.target.value}`)}
        >
          <option value="">saved views</option>
          {views.data?.map((view) => (
            <option key={view.id} value={view.query}>
              {view.name}
            </option>
          ))}
        </Select>
      )}
      {query.size > 0 && (
        <form
          className="flex gap-1"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) save.mutate({ page: 'log', name, query: query.toString() });
          }}
        >
          <Input
            aria-label="Name of the view"
            placeholder="save as…"
            className="w-28"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={!name.trim() || save.isPending}>
            Save
          </Button>
        </form>
      )}
    </>
  );
}
