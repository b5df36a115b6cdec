'use client';
/** The commit that waits: countdown, proof that this browser reaches the box anew, Keep, Discard. */
import { useMutation } from '@tanstack/react-query';
import { Check, Loader } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDraft } from '@/draft/draft';
import { messageOf, useApi, useNow } from '@/lib/api';
import { clock } from '@/lib/format';
import { Button } from '@/ui/button';
import { ErrorNote } from '@/ui/page';
import { secureHome } from './secure';
import { type CommitState, useCommitState } from './state';

const PROBE_MS = 2000;

/** Has a new request of this browser come through since the commit began? */
export function useReached(transaction: string): boolean {
  const [reached, setReached] = useState<string | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const ends = new AbortController();
    const probe = () => {
      fetch('/api/daemon/config.state', { cache: 'no-store', signal: ends.signal })
        .then(async (answer) => {
          const body = (await answer.json()) as { result?: { data: CommitState } };
          if (body.result?.data.pending?.transaction === transaction) setReached(transaction);
          else throw new Error('not this commit');
        })
        .catch(() => {
          if (!ends.signal.aborted) timer = setTimeout(probe, PROBE_MS);
        });
    };
    probe();
    return () => {
      ends.abort();
      clearTimeout(timer);
    };
  }, [transaction]);
  return reached === transaction;
}

export function Decide({ onDone }: { onDone: () => void }) {
  const api = useApi();
  const { state, offset } = useCommitState();
  const now = useNow();
  const pending = state?.pending;
  const reached = useReached(pending?.transaction ?? '');
  const home = secureHome(useDraft().running.management.web);
  const keep = useMutation(
    api.config.confirm.mutationOptions({ onSuccess: () => (home ? location.assign(home) : onDone()) }),
  );
  const revert = useMutation(api.config.revert.mutationOptions({ onSuccess: onDone }));
  const extend = useMutation(api.config.extend.mutationOptions());
  if (!pending?.deadline) return null;
  const { transaction } = pending;
  const left = pending.deadline - (now + offset);
  const error = keep.error ?? revert.error ?? extend.error;
  return (
    <div className="space-y-3">
      <p>
        <span className="text-2xl font-semibold text-pending" role="timer" aria-label="Time left">
          {clock(left)}
        </span>{' '}
        until the change of {pending.actor} is undone.
      </p>
      <p className="flex items-center gap-2 text-muted">
        {reached ? (
          <Check aria-hidden className="size-4 text-permit" />
        ) : (
          <Loader aria-hidden className="size-4 animate-spin" />
        )}
        {reached
          ? 'This browser has reached the box anew since the change.'
          : 'Waiting until this browser reaches the box anew. If it can not, the change undoes itself.'}
      </p>
      {home && (
        <p>
          The page is also at{' '}
          <a className="underline" href={home} target="_blank" rel="noreferrer">
            {home}
          </a>
          : look there before you keep it. The browser warns of a certificate that the box made for itself.
        </p>
      )}
      {error && <ErrorNote>{messageOf(error)}</ErrorNote>}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" disabled={!reached || keep.isPending} onClick={() => keep.mutate({ transaction })}>
          Keep
        </Button>
        <Button variant="danger" disabled={revert.isPending} onClick={() => revert.mutate({ transaction })}>
          Discard
        </Button>
        <Button disabled={extend.isPending} onClick={() => extend.mutate({ transaction, seconds: 300 })}>
          5 more minutes
        </Button>
      </div>
    </div>
  );
}
