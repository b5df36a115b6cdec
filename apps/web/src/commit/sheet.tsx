'use client';
/** The commit sheet: what will change, what the box says of it, Test or Keep. */
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { sentenceOf, useDraft } from '@/draft/draft';
import { issuesOf, messageOf, useApi } from '@/lib/api';
import { hrefOf } from '@/lib/places';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field, Input, Select } from '@/ui/field';
import { ErrorNote } from '@/ui/page';
import { Decide } from './decide';
import { secureHome } from './secure';
import { SideBySide } from './side-by-side';
import { useCommitState } from './state';
import { Words } from './words';

const WINDOWS = [1, 2, 5, 10, 30, 60];
const tab =
  'border-b-2 border-transparent px-3 py-1.5 text-muted data-[state=active]:border-accent data-[state=active]:text-text';

export function CommitSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { state } = useCommitState();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      sheet
      title={state?.pending ? 'A change is being tested' : 'Pending changes'}
      description={
        state?.pending
          ? 'It is in force now, and goes by itself unless somebody keeps it.'
          : 'Nothing here reaches the network before you test or keep it.'
      }
    >
      {state?.pending?.deadline ? <Decide onDone={onClose} /> : <Prepare onClose={onClose} />}
    </Dialog>
  );
}

function Prepare({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const draft = useDraft();
  const [minutes, setMinutes] = useState(5);
  const [message, setMessage] = useState('');
  const check = useMutation(
    api.config.check.mutationOptions({ onSuccess: (answer) => draft.setChecked(answer.issues as typeof draft.issues) }),
  );
  const commit = useMutation(
    api.config.commit.mutationOptions({ onError: (error) => draft.setChecked(issuesOf(error)) }),
  );
  const foreign = draft.base !== draft.runningRevision;
  const errors = draft.issues.filter((issue) => issue.severity === 'error');
  const submit = (confirmSeconds?: number) =>
    commit.mutate(
      { config: draft.config, base: draft.base, confirmSeconds, message: message.trim() || undefined },
      {
        onSuccess: () => {
          if (confirmSeconds !== undefined) return;
          const home = secureHome(draft.config.management.web);
          if (home) location.assign(home);
          else onClose();
        },
      },
    );
  if (!draft.changes.length) return <p className="text-muted">The draft is what runs: there is nothing to commit.</p>;
  return (
    <div className="space-y-4">
      {foreign && (
        <div role="alert" className="space-y-2 rounded-md border border-reject px-3 py-2">
          <p className="text-reject">
            Somebody committed since you began. The changes below are against what runs now, and would undo theirs where
            both touched the same.
          </p>
          <Button size="small" onClick={draft.rebase}>
            Go on from what runs now
          </Button>
        </div>
      )}
      <Tabs.Root defaultValue="words">
        <Tabs.List aria-label="Difference" className="mb-3 flex border-b border-line">
          <Tabs.Trigger value="words" className={tab}>
            In words
          </Tabs.Trigger>
          <Tabs.Trigger value="text" className={tab}>
            Side by side
          </Tabs.Trigger>
        </Tabs.List>
        <Tabs.Content value="words">
          <Words changes={draft.changes} onUndo={draft.discard} />
        </Tabs.Content>
        <Tabs.Content value="text">
          <SideBySide before={draft.running} after={draft.config} />
        </Tabs.Content>
      </Tabs.Root>
      {draft.issues.length > 0 && (
        <ul aria-label="Check results" className="space-y-1 rounded-md border border-line px-3 py-2">
          {draft.issues.map((issue) => (
            <li key={`${issue.pointer} ${issue.message}`}>
              <Badge tone={issue.severity === 'error' ? 'deny' : 'reject'}>{issue.severity}</Badge>{' '}
              <Link className="underline" href={hrefOf(draft.config, issue.path)} onClick={onClose}>
                {issue.path.join(' › ') || 'configuration'}
              </Link>{' '}
              {sentenceOf(issue)}
            </li>
          ))}
        </ul>
      )}
      {check.data?.ok && check.variables?.config === draft.config && (
        <p>
          <Badge tone="permit">Check passed</Badge> {check.data.summary}
        </p>
      )}
      {(check.error || (commit.error && issuesOf(commit.error).length === 0)) && (
        <ErrorNote>{messageOf(check.error ?? commit.error)}</ErrorNote>
      )}
      <Field label="Message">
        {(ids) => (
          <Input
            {...ids}
            value={message}
            maxLength={200}
            placeholder="Why this change"
            onChange={(e) => setMessage(e.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-end gap-2">
        <Button
          variant="primary"
          disabled={errors.length > 0 || foreign || commit.isPending}
          onClick={() => submit(minutes * 60)}
        >
          {commit.isPending ? 'Applying…' : `Test for ${minutes} min`}
        </Button>
        <Select
          aria-label="Window"
          className="w-24"
          value={minutes}
          onChange={(e) => setMinutes(Number(e.target.value))}
        >
          {WINDOWS.map((value) => (
            <option key={value} value={value}>
              {value} min
            </option>
          ))}
        </Select>
        <Button disabled={errors.length > 0 || foreign || commit.isPending} onClick={() => submit()}>
          Keep now
        </Button>
        <Button disabled={check.isPending} onClick={() => check.mutate({ config: draft.config })}>
          {check.isPending ? 'Checking…' : 'Check'}
        </Button>
        <span className="flex-1" />
        <Button
          variant="danger"
          onClick={() => {
            draft.discard();
            onClose();
          }}
        >
          Discard all
        </Button>
      </div>
      <p className="text-xs text-muted">
        Test applies the change and undoes it by itself when nobody keeps it in time, even through a power cut. Sessions
        stay.
      </p>
    </div>
  );
}
