'use client';
/** Factory reset: the host name is typed, so that it happens to nobody by accident. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field, Input, Select } from '@/ui/field';
import { ErrorNote, Panel } from '@/ui/page';

const SCOPES = {
  configuration: 'Configuration, users and history. Keys of this box and leases stay.',
  everything: 'Everything that this box learned: also its keys, leases and lists.',
} as const;
type Scope = keyof typeof SCOPES;

export function FactoryReset() {
  const api = useApi();
  const state = useQuery(api.system.state.queryOptions());
  const [open, setOpen] = useState(false);
  const [scope, setScope] = useState<Scope>('configuration');
  const [typed, setTyped] = useState('');
  const reset = useMutation(api.system.factoryReset.mutationOptions());
  const hostName = state.data?.hostName ?? '';
  const close = () => {
    setOpen(false);
    setTyped('');
    reset.reset();
  };
  return (
    <Panel title="Factory reset">
      <div className="space-y-3 p-3">
        <p className="text-muted">This box as it was delivered: the console shows a new setup token.</p>
        <Button variant="danger" onClick={() => setOpen(true)}>
          Factory reset…
        </Button>
      </div>
      <Dialog open={open} onClose={close} title="Reset this box?">
        {reset.data ? (
          <p role="status">
            {reset.data.reboots
              ? 'The box reboots and begins anew. Its first setup is on the console.'
              : 'The reset is asked for: it is carried out when the daemon starts the next time.'}
          </p>
        ) : (
          <form
            className="space-y-4"
            onSubmit={(event) => {
              event.preventDefault();
              reset.mutate({ scope, confirm: typed });
            }}
          >
            <Field label="What is removed" help={SCOPES[scope]}>
              {(ids) => (
                <Select {...ids} value={scope} onChange={(event) => setScope(event.target.value as Scope)}>
                  <option value="configuration">Configuration</option>
                  <option value="everything">Everything</option>
                </Select>
              )}
            </Field>
            <Field label="Host name of this box" help={`Write ${hostName} to confirm. There is no way back.`}>
              {(ids) => <Input {...ids} value={typed} onChange={(event) => setTyped(event.target.value)} />}
            </Field>
            {reset.error && <ErrorNote>{messageOf(reset.error)}</ErrorNote>}
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" variant="danger" disabled={typed !== hostName || reset.isPending}>
                Reset now
              </Button>
            </div>
          </form>
        )}
      </Dialog>
    </Panel>
  );
}
