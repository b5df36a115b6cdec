'use client';
/** Reboot and power off, each asked for twice. */
import { useMutation } from '@tanstack/react-query';
import { Power as PowerIcon, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorNote } from '@/ui/page';

const WAYS = {
  reboot: {
    label: 'Reboot',
    Icon: RotateCw,
    title: 'Reboot this box?',
    warning:
      'No packet is forwarded until it is up again. It comes up with what was kept: a commit under test is undone.',
    done: 'The box reboots. Load this page anew in a minute.',
  },
  powerOff: {
    label: 'Power off',
    Icon: PowerIcon,
    title: 'Power off this box?',
    warning: 'No packet is forwarded any more. Somebody must be at the box to switch it on again.',
    done: 'The box powers off.',
  },
} as const;

export function Power() {
  return (
    <>
      <Way way="reboot" />
      <Way way="powerOff" />
    </>
  );
}

function Way({ way }: { way: keyof typeof WAYS }) {
  const { label, Icon, title, warning, done } = WAYS[way];
  const api = useApi();
  const [open, setOpen] = useState(false);
  const ask = useMutation(api.system[way].mutationOptions());
  const close = () => {
    setOpen(false);
    ask.reset();
  };
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>
        <Icon aria-hidden className="size-4" /> {label}
      </Button>
      <Dialog open={open} onClose={close} title={title}>
        <div className="space-y-4">
          <p role="status">{ask.isSuccess ? done : warning}</p>
          {ask.error && <ErrorNote>{messageOf(ask.error)}</ErrorNote>}
          {!ask.isSuccess && (
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Cancel</Button>
              <Button variant="danger" disabled={ask.isPending} onClick={() => ask.mutate()}>
                {label} now
              </Button>
            </div>
          )}
        </div>
      </Dialog>
    </>
  );
}
