'use client';
/** A file for somebody who helps. */
import { useMutation } from '@tanstack/react-query';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { ErrorNote, Panel } from '@/ui/page';
import { bytesOf, saveFile } from './file';

export function Support() {
  const api = useApi();
  const make = useMutation(
    api.system.supportBundle.mutationOptions({
      onSuccess: ({ file }) => saveFile(bytesOf(file), `support-${new Date().toISOString().slice(0, 10)}.tar.gz`),
    }),
  );
  return (
    <Panel title="Support">
      <div className="space-y-3 p-3">
        <p className="text-muted">
          Status, configuration, counters, interfaces, routes and journal in one file. It holds no password and no key,
          but addresses and names: look at it before you give it away.
        </p>
        {make.error && <ErrorNote>{messageOf(make.error)}</ErrorNote>}
        <Button disabled={make.isPending} onClick={() => make.mutate()}>
          Download support bundle
        </Button>
      </div>
    </Panel>
  );
}
