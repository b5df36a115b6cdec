'use client';
/** The two slots of the image, and a new image into the one that does not run. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf, useApi, useVisible } from '@/lib/api';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Field, Input } from '@/ui/field';
import { ErrorNote, Skeleton } from '@/ui/page';
import { Table, Td, Th } from '@/ui/table';

const STATES = {
  good: ['permit', 'good'],
  new: ['pending', 'not started yet'],
  bad: ['deny', 'given up'],
} as const;

async function upload(file: File, force: boolean): Promise<void> {
  const response = await fetch(`/api/update${force ? '?force=1' : ''}`, { method: 'PUT', body: file });
  const answer = (await response.json()) as { error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
}

function Slots() {
  const api = useApi();
  const client = useQueryClient();
  const slots = useQuery(api.update.slots.queryOptions());
  const choose = useMutation(
    api.update.choose.mutationOptions({ onSettled: () => client.invalidateQueries(api.update.slots.queryFilter()) }),
  );
  if (slots.error) return <ErrorNote>{messageOf(slots.error)}</ErrorNote>;
  if (!slots.data) return <Skeleton lines={2} />;
  return (
    <>
      <Table label="Slots">
        <thead>
          <tr>
            <Th>Version</Th>
            <Th>State</Th>
            <Th>Now</Th>
            <Th>Next start</Th>
          </tr>
        </thead>
        <tbody>
          {slots.data.map((slot) => {
            const [tone, word] = STATES[slot.state];
            return (
              <tr key={slot.version}>
                <Td>{slot.version}</Td>
                <Td>
                  <Badge tone={tone}>{word}</Badge>
                </Td>
                <Td>{slot.running ? 'runs' : ''}</Td>
                <Td>
                  {slot.next ? (
                    'this one'
                  ) : (
                    <Button disabled={choose.isPending} onClick={() => choose.mutate({ version: slot.version })}>
                      Start this one
                    </Button>
                  )}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
      {choose.error && <ErrorNote>{messageOf(choose.error)}</ErrorNote>}
    </>
  );
}

/** How an update on its way goes on. */
function Progress() {
  const api = useApi();
  const visible = useVisible();
  const { data } = useQuery(
    api.update.state.queryOptions(undefined, { refetchInterval: visible ? 1000 : false, retry: false }),
  );
  if (!data || data.phase === 'idle') return null;
  const { phase, version, received, total, error } = data;
  if (phase === 'failed')
    return <ErrorNote>{`The update was refused: ${error ?? 'unknown reason'}. Nothing was changed.`}</ErrorNote>;
  const share = total > 0 ? Math.floor((100 * received) / total) : 0;
  return (
    <p aria-live="polite">
      {phase === 'receiving' && `Receiving ${version ?? ''} … ${share} %`}
      {phase === 'installing' && `Writing ${version} into the slot that does not run …`}
      {phase === 'installed' &&
        `Version ${version} is installed: it starts at the next reboot, and is kept when it comes up well.`}
    </p>
  );
}

export function Update() {
  const api = useApi();
  const client = useQueryClient();
  const state = useQuery(api.update.state.queryOptions(undefined, { retry: false }));
  const [url, setUrl] = useState('');
  const [force, setForce] = useState(false);
  const again = { onSettled: () => client.invalidateQueries(api.update.slots.queryFilter()) };
  const fromUrl = useMutation(api.update.fetch.mutationOptions(again));
  const fromFile = useMutation({ mutationFn: (file: File) => upload(file, force), ...again });
  if (state.error)
    return (
      <p className="p-3 text-muted">This box does not run from an image of its own: update the program instead.</p>
    );
  const busy = fromUrl.isPending || fromFile.isPending;
  const problem = fromUrl.error ?? fromFile.error;
  return (
    <div className="space-y-3">
      <Slots />
      <form
        className="flex flex-wrap items-end gap-3 px-3"
        onSubmit={(event) => {
          event.preventDefault();
          fromUrl.mutate({ url: url.trim(), force });
        }}
      >
        <div className="min-w-64 flex-1">
          <Field label="Update from an address">
            {(ids) => (
              <Input
                {...ids}
                type="url"
                required
                placeholder="https://…/gatehouse_1.2.3.update"
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" disabled={busy}>
          Install
        </Button>
        <Field label="… or from a file">
          {(ids) => (
            <input
              {...ids}
              type="file"
              accept=".update"
              disabled={busy}
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file) fromFile.mutate(file);
              }}
            />
          )}
        </Field>
        <label className="flex h-8 items-center gap-2">
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
          Also an older version
        </label>
      </form>
      <div className="space-y-2 px-3 pb-3">
        <Progress />
        {problem && <ErrorNote>{messageOf(problem)}</ErrorNote>}
      </div>
    </div>
  );
}
