'use client';
/** What the pipeline does with a packet, and why: on what runs, and on the draft when it differs. */
import type { AppRouter } from '@gatehouse/daemon/router';
import { useMutation } from '@tanstack/react-query';
import type { inferRouterInputs } from '@trpc/server';
import { useState } from 'react';
import { useDraft } from '@/draft/draft';
import { useQueryState } from '@/forms/use-selection';
import { issuesOf, messageOf, useApi } from '@/lib/api';
import { cn } from '@/lib/cn';
import { Button } from '@/ui/button';
import { Field, Input, Select } from '@/ui/field';
import { ErrorNote, Page, Panel } from '@/ui/page';
import { type Form, parsePaste } from './paste';
import { Walk } from './walk';

type Packet = inferRouterInputs<AppRouter>['explain']['packet']['packet'];

const KEYS = ['interface', 'source', 'destination', 'protocol', 'sourcePort', 'destinationPort'] as const;
const PROTOCOLS = ['tcp', 'udp', 'icmp', 'icmp6', 'sctp'] as const;

function packetOf(form: Form): Packet {
  const named = PROTOCOLS.find((item) => item === form.protocol);
  const port = (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined);
  return {
    interface: form.interface,
    source: form.source.trim(),
    destination: form.destination.trim(),
    protocol: named ?? Number(form.protocol),
    sourcePort: port(form.sourcePort),
    destinationPort: named === 'icmp' || named === 'icmp6' ? undefined : port(form.destinationPort),
  };
}

export function Explain() {
  const api = useApi();
  const draft = useDraft();
  const [query, setQuery] = useQueryState();
  const [form, setForm] = useState<Form>(() => ({
    interface: query.get('interface') || (draft.config.interfaces[0]?.name ?? ''),
    source: query.get('source') ?? '',
    destination: query.get('destination') ?? '',
    protocol: query.get('protocol') || 'tcp',
    sourcePort: query.get('sourcePort') ?? '40000',
    destinationPort: query.get('destinationPort') ?? '443',
  }));
  const [pasted, setPasted] = useState('');
  const running = useMutation(api.explain.packet.mutationOptions());
  const candidate = useMutation(api.explain.packet.mutationOptions());
  const differs = draft.changes.length > 0;
  const set = (part: Partial<Form>) => setForm((now) => ({ ...now, ...part }));
  const ask = () => {
    setQuery({ ...form });
    running.mutate({ packet: packetOf(form) });
    candidate.reset();
    if (differs) candidate.mutate({ packet: packetOf(form), config: draft.config });
  };
  const issues = issuesOf(running.error);
  const errorAt = (key: string) => {
    const issue = issues.find((item) => item.path.at(-1) === key);
    return issue && `${issue.message}. ${issue.remedy}`;
  };
  const labels: Record<keyof Form, string> = {
    interface: 'Comes in on',
    source: 'Source',
    destination: 'Destination',
    protocol: 'Protocol',
    sourcePort: 'Source port',
    destinationPort: 'Destination port',
  };
  return (
    <Page
      title="Explain"
      description="The pipeline itself judges the packet you describe. Nothing is sent, no session is opened."
    >
      <Panel>
        <form
          className="space-y-3 p-3"
          onSubmit={(event) => {
            event.preventDefault();
            ask();
          }}
        >
          <div className="grid gap-3 sm:grid-cols-3 lg:grid-cols-6">
            {KEYS.map((key) => (
              <Field key={key} label={labels[key]} error={errorAt(key)}>
                {(ids) =>
                  key === 'interface' || key === 'protocol' ? (
                    <Select {...ids} value={form[key]} onChange={(event) => set({ [key]: event.target.value })}>
                      {(key === 'interface'
                        ? draft.config.interfaces.map((item) => item.name)
                        : [...new Set([...PROTOCOLS, form.protocol])]
                      ).map((option) => (
                        <option key={option}>{option}</option>
                      ))}
                    </Select>
                  ) : (
                    <Input
                      {...ids}
                      className="font-mono"
                      value={form[key]}
                      onChange={(event) => set({ [key]: event.target.value })}
                    />
                  )
                }
              </Field>
            ))}
          </div>
          <div className="flex flex-wrap items-end gap-2">
            <Button type="submit" variant="primary" disabled={running.isPending || !form.source || !form.destination}>
              {running.isPending ? 'Asking the pipeline…' : 'Explain'}
            </Button>
            <Input
              aria-label="Paste a log line, addresses or a frame in hex"
              placeholder="or paste: 10.0.0.1:1234 -> 192.0.2.1:443 tcp, a log line, a frame in hex"
              className="min-w-0 flex-1"
              value={pasted}
              onChange={(event) => {
                setPasted(event.target.value);
                set(parsePaste(event.target.value) ?? {});
              }}
            />
          </div>
          {running.error && !issues.length && <ErrorNote>{messageOf(running.error)}</ErrorNote>}
        </form>
      </Panel>
      <div className={cn('grid items-start gap-4', differs && 'lg:grid-cols-2')}>
        {running.data && <Walk title={differs ? 'What runs' : 'Answer'} answer={running.data} />}
        {candidate.data && <Walk title="With your changes" answer={candidate.data} />}
        {candidate.error && <ErrorNote>{`With your changes: ${messageOf(candidate.error)}`}</ErrorNote>}
      </div>
    </Page>
  );
}
