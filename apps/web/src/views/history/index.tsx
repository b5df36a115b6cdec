'use client';
/** Every commit; any two compared; back to any of them, with a window. */
import type { Config } from '@gatehouse/config';
import { diff } from '@gatehouse/config';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { SideBySide } from '@/commit/side-by-side';
import { useCommitState } from '@/commit/state';
import { Words } from '@/commit/words';
import { messageOf, useApi, useStore } from '@/lib/api';
import { revisionShort } from '@/lib/format';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { ErrorNote, Page, Panel, Skeleton, Split } from '@/ui/page';
import { mono, Table, Td, Th } from '@/ui/table';
import { RelativeTime } from '@/ui/time';

const WINDOW_SECONDS = 300;

type Row = { id: number; hash: string };

export function History() {
  const store = useStore();
  const { state } = useCommitState();
  const list = useQuery(store.revisions.list.queryOptions(undefined, { refetchInterval: 10_000 }));
  const [picked, setPicked] = useState<number[]>([]);
  const rows = list.data ?? [];
  // newest first: the later pick of two is "after"
  const pair = picked.map((id) => rows.find((row) => row.id === id)).filter((row) => row !== undefined);
  const toggle = (id: number) =>
    setPicked((now) => (now.includes(id) ? now.filter((item) => item !== id) : [...now, id].slice(-2)));
  return (
    <Page
      title="History"
      description="Every configuration that ever ran. Choose two to compare them, one to go back to it."
    >
      {list.error && <ErrorNote>{messageOf(list.error)}</ErrorNote>}
      <Split
        list={
          <Panel>
            {list.isPending ? (
              <Skeleton />
            ) : (
              <Table label="Revisions">
                <thead>
                  <tr>
                    <Th>
                      <span className="sr-only">Compare</span>
                    </Th>
                    <Th>Revision</Th>
                    <Th>When</Th>
                    <Th>Who</Th>
                    <Th>Message</Th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr key={row.id}>
                      <Td>
                        <input
                          type="checkbox"
                          aria-label={`Choose ${revisionShort(row.hash)} of ${new Date(row.time).toLocaleString()}`}
                          checked={picked.includes(row.id)}
                          onChange={() => toggle(row.id)}
                        />
                      </Td>
                      <Td className={mono}>
                        {revisionShort(row.hash)} {row.hash === state?.running && <Badge tone="permit">runs</Badge>}
                      </Td>
                      <Td>
                        <RelativeTime at={row.time} />
                      </Td>
                      <Td>{row.author}</Td>
                      <Td>{row.message}</Td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            )}
          </Panel>
        }
        inspector={
          pair.length === 0 ? null : (
            <Panel title={pair.length === 2 ? 'Compared' : 'Against what runs'}>
              <Compare rows={[...pair].sort((a, b) => a.time - b.time)} />
            </Panel>
          )
        }
      />
    </Page>
  );
}

function Compare({ rows }: { rows: Row[] }) {
  const api = useApi();
  const store = useStore();
  const running = useQuery(api.config.running.queryOptions());
  const first = useQuery(store.revisions.get.queryOptions({ id: rows[0]?.id ?? 0 }));
  const second = useQuery({
    ...store.revisions.get.queryOptions({ id: rows[1]?.id ?? 0 }),
    enabled: rows.length === 2,
  });
  const rollback = useMutation(api.config.rollback.mutationOptions());
  const error = first.error ?? second.error ?? rollback.error;
  // one choice: what going back to it would change
  const before = (rows.length === 2 ? first.data?.config : running.data?.config) as Config | undefined;
  const after = (rows.length === 2 ? second.data?.config : first.data?.config) as Config | undefined;
  const revision = rows[0]?.hash;
  return (
    <div className="space-y-4 p-3">
      {error && <ErrorNote>{messageOf(error)}</ErrorNote>}
      {before && after && (
        <>
          {diff(before, after).length === 0 ? (
            <p className="text-muted">No difference.</p>
          ) : (
            <>
              <Words changes={diff(before, after)} />
              <details>
                <summary>Side by side</summary>
                <SideBySide before={before} after={after} />
              </details>
            </>
          )}
          {rows.length === 1 && revision && diff(before, after).length > 0 && (
            <Button
              variant="primary"
              disabled={rollback.isPending}
              onClick={() => rollback.mutate({ revision, confirmSeconds: WINDOW_SECONDS })}
            >
              Roll back, test for {WINDOW_SECONDS / 60} min
            </Button>
          )}
        </>
      )}
    </div>
  );
}
