'use client';
/** A backup under a passphrase, and back: what a backup holds becomes the draft. */
import type { Config } from '@gatehouse/config';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useDraft } from '@/draft/draft';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Field, Input } from '@/ui/field';
import { ErrorNote, Panel } from '@/ui/page';
import { bytesOf, saveFile, toBase64 } from './file';

const MIN_PASSPHRASE = 12;

export function Backup() {
  return (
    <>
      <Make />
      <Restore />
    </>
  );
}

type PassphraseProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  help?: string;
  error?: string | undefined;
  minLength?: number;
};

function Passphrase({ label, value, onChange, help, error, minLength }: PassphraseProps) {
  return (
    <Field label={label} help={help} error={error}>
      {(ids) => (
        <Input
          {...ids}
          type="password"
          autoComplete="new-password"
          required
          minLength={minLength}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function Make() {
  const api = useApi();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const make = useMutation(
    api.system.backup.mutationOptions({
      onSuccess: ({ file, hostName }) => {
        saveFile(bytesOf(file), `${hostName}-${new Date().toISOString().slice(0, 10)}.backup`);
        setPassphrase('');
        setAgain('');
      },
    }),
  );
  const differs = again !== '' && again !== passphrase;
  return (
    <Panel title="Backup">
      <form
        className="space-y-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (again === passphrase) make.mutate({ passphrase });
        }}
      >
        <p className="text-muted">What runs, with its secrets, in one file that only the passphrase opens.</p>
        <Passphrase
          label="Passphrase for the backup"
          help={`${MIN_PASSPHRASE} characters or more. Nobody can recover it.`}
          minLength={MIN_PASSPHRASE}
          value={passphrase}
          onChange={setPassphrase}
        />
        <Passphrase
          label="Once more"
          error={differs ? 'is not the same' : undefined}
          value={again}
          onChange={setAgain}
        />
        {make.error && <ErrorNote>{messageOf(make.error)}</ErrorNote>}
        <Button type="submit" disabled={make.isPending || differs}>
          Download backup
        </Button>
      </form>
    </Panel>
  );
}

function Restore() {
  const api = useApi();
  const { replace, changes } = useDraft();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const open = useMutation(
    api.system.restore.mutationOptions({
      onSuccess: ({ config }) => {
        replace(config as Config);
        setPassphrase('');
      },
    }),
  );
  return (
    <Panel title="Restore">
      <form
        className="space-y-3 p-3"
        onSubmit={async (event) => {
          event.preventDefault();
          if (file) open.mutate({ file: toBase64(await file.arrayBuffer()), passphrase });
        }}
      >
        <p className="text-muted">
          A backup becomes your draft, in the place of what stands there. Nothing is applied.
        </p>
        <Field label="Backup file">
          {(ids) => (
            <input
              {...ids}
              type="file"
              required
              className="w-full"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          )}
        </Field>
        <Passphrase label="Passphrase of the backup" value={passphrase} onChange={setPassphrase} />
        {open.error && <ErrorNote>{messageOf(open.error)}</ErrorNote>}
        {open.isSuccess && (
          <p role="status">
            The backup is your draft: {changes.length} change{changes.length === 1 ? '' : 's'} to review and commit.
          </p>
        )}
        <Button type="submit" disabled={open.isPending || file === null}>
          Restore into the draft
        </Button>
      </form>
    </Panel>
  );
}
