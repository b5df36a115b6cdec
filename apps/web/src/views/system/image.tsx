'use client';
/** The image: what stands in its slots, and an update into the one that does not run, from a URL or a file. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf, messageOf, useApi } from '@/lib/api';
import { bytes } from '@/lib/format';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Field, Input } from '@/ui/field';
import { EmptyState, ErrorNote, Panel, Skeleton } from '@/ui/page';
import { mono, Table, Td, Th } from '@/ui/table';

const LOOK_MS = 1000;
const TONES: Record<'good' | 'new' | 'bad', Tone> = { good: 'permit', new: 'pending', bad: 'deny' };

/** Sends a file as it is; rejects with the box's reason. */
async function upload(file: File, force: boolean): Promise<void> {
  const answer = await fetch(`/api/update${force ? '?force=1' : ''}`, { method: 'PUT', body: file });
  if (answer.ok) return;
  const refused = (await answer.json().catch(() => null)) as { error?: string } | null;
  throw new Error(refused?.error ?? `the box answered with status ${answer.status}`);
}

export function Image() {
  const api = useApi();
  const slots = useQuery(api.update.slots.queryOptions());
  if (codeOf(slots.error) === 'PRECONDITION_FAILED')
    return (
      <Panel title="Image">
        <EmptyState title="No image here">
          This daemon runs on a system of its own making, not from a Gatehouse image: it is updated with the program.
        </EmptyState>
      </Panel>
    );
  return (
    <>
      <Panel title="Image">
        {slots.error && <ErrorNote>{messageOf(slots.error)}</ErrorNote>}
        {slots.data ? <Slots slots={slots.data} /> : !slots.error && <Skeleton lines={2} />}
      </Panel>
      {slots.data && <Update />}
    </>
  );
}

type Slot = { version: string; running: boolean; next: boolean; state: 'good' | 'new' | 'bad' };

function Slots({ slots }: { slots: readonly Slot[] }) {
  const api = useApi();
  const queries = useQueryClient();
  const choose = useMutation(
    api.update.choose.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.update.slots.queryKey() }),
    }),
  );
  return (
    <>
      {choose.error && <ErrorNote>{messageOf(choose.error)}</ErrorNote>}
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
          {slots.map((slot) => (
            <tr key={slot.version}>
              <Td className={mono}>{slot.version}</Td>
              <Td>
                <Badge tone={TONES[slot.state]}>{slot.state}</Badge>
              </Td>
              <Td>{slot.running ? 'runs' : ''}</Td>
              <Td>
                {slot.next ? (
                  'starts next'
                ) : (
                  <Button
                    size="small"
                    disabled={choose.isPending}
                    onClick={() => choose.mutate({ version: slot.version })}
                  >
                    Start {slot.version} next
                  </Button>
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function Update() {
  const api = useApi();
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [force, setForce] = useState(false);
  const progress = useQuery(api.update.state.queryOptions(undefined, { refetchInterval: LOOK_MS }));
  const onSettled = () => queries.invalidateQueries({ queryKey: api.update.slots.queryKey() });
  const fetchIt = useMutation(api.update.fetch.mutationOptions({ onSettled }));
  const send = useMutation({ mutationFn: (chosen: File) => upload(chosen, force), onSettled });
  const phase = progress.data?.phase ?? 'idle';
  const busy = phase === 'receiving' || phase === 'installing' || send.isPending || fetchIt.isPending;
  const error = send.error ?? fetchIt.error ?? progress.error;
  return (
    <Panel title="Update">
      <div className="space-y-4 p-3">
        <p className="text-muted">
          The image goes into the slot that does not run and starts at the next reboot. A file that is not signed by its
          maker, or damaged, is refused; what runs stays untouched.
        </p>
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            send.reset();
            fetchIt.mutate({ url, force });
          }}
        >
          <div className="min-w-0 flex-1">
            <Field label="From a URL">
              {(ids) => (
                <Input
                  {...ids}
                  type="url"
                  required
                  placeholder="https://…"
                  value={url}
                  onChange={(event) => setUrl(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Button type="submit" disabled={busy}>
            Fetch
          </Button>
        </form>
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            fetchIt.reset();
            if (file) send.mutate(file);
          }}
        >
          <div className="min-w-0 flex-1">
            <Field label="From a file">
              {(ids) => (
                <input
                  {...ids}
                  type="file"
                  className="w-full"
                  onChange={(event) => setFile(event.target.files?.[0] ?? null)}
                />
              )}
            </Field>
          </div>
          <Button type="submit" disabled={busy || file === null}>
            Send
          </Button>
        </form>
        <label className="flex items-center gap-2">
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
          Also an older version than the one that runs
        </label>
        {error ? <ErrorNote>Refused: {messageOf(error)}</ErrorNote> : null}
        {progress.data && <Progress {...progress.data} quiet={error !== null} />}
      </div>
    </Panel>
  );
}

type ProgressProps = {
  phase: 'idle' | 'receiving' | 'installing' | 'installed' | 'failed';
  version: string | null;
  received: number;
  total: number;
  error: string | null;
  /** The reason of a failure stands there already. */
  quiet: boolean;
};

function Progress({ phase, version, received, total, error, quiet }: ProgressProps) {
  if (phase === 'idle') return null;
  if (phase === 'failed') return quiet ? null : <ErrorNote>The last update failed: {error}</ErrorNote>;
  return (
    <div role="status" className="space-y-1">
      {phase === 'receiving' && (
        <>
          <p>
            Receiving {version ?? 'the file'}: {bytes(received)} of {total > 0 ? bytes(total) : '…'}
          </p>
          <progress className="w-full" aria-label="Received" value={received} max={total || 1} />
        </>
      )}
      {phase === 'installing' && <p>Installing {version}…</p>}
      {phase === 'installed' && <p>Version {version} is installed: it starts at the next reboot.</p>}
    </div>
  );
}
