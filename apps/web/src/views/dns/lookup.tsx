'use client';
/** A question to the box's own resolver. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Field, Input, Select } from '@/ui/field';
import { ErrorNote } from '@/ui/page';
import { mono } from '@/ui/table';

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
type RecordType = (typeof TYPES)[number];

export function Lookup() {
  const api = useApi();
  const [name, setName] = useState('');
  const [type, setType] = useState<RecordType>('A');
  const lookup = useMutation(api.dns.lookup.mutationOptions());
  const flush = useMutation(api.dns.flush.mutationOptions());
  return (
    <form
      className="space-y-3 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        lookup.mutate({ name: name.trim(), type });
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        <Field label="Name or address">
          {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} required />}
        </Field>
        <Field label="Type">
          {(ids) => (
            <Select {...ids} value={type} onChange={(event) => setType(event.target.value as RecordType)}>
              {TYPES.map((item) => (
                <option key={item}>{item}</option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" disabled={lookup.isPending}>
          Look up
        </Button>
        <Button type="button" disabled={flush.isPending} onClick={() => flush.mutate({})}>
          Empty the cache
        </Button>
      </div>
      <div aria-live="polite">
        {lookup.data && (
          <p className={mono}>
            {lookup.data.name} {lookup.data.type}: {lookup.data.error ?? lookup.data.answers.join(', ')} (
            {lookup.data.milliseconds} ms)
          </p>
        )}
        {flush.data && <p className="text-muted">The cache is empty.</p>}
      </div>
      {lookup.error && <ErrorNote>{messageOf(lookup.error)}</ErrorNote>}
      {flush.error && <ErrorNote>{messageOf(flush.error)}</ErrorNote>}
    </form>
  );
}
