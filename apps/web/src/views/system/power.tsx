'use client';
/** Reboot and power off, each after a question that says what it means. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorNote } from '@/ui/page';

const WORDS = {
  reboot: {
    label: 'Reboot',
    text: 'No packet is forwarded until the box is up again: about a minute. A change under test is discarded.',
  },
  poweroff: {
    label: 'Power off',
    text: 'No packet is forwarded until somebody switches the box on by hand.',
  },
} as const;
type Verb = keyof typeof WORDS;

export function PowerButtons() {
  const api = useApi();
  const [asked, setAsked] = useState<Verb | null>(null);
  const power = useMutation(api.system.power.mutationOptions());
  const close = () => {
    setAsked(null);
    power.reset();
  };
  return (
    <>
      {(Object.keys(WORDS) as Verb[]).map((verb) => (
        <Button key={verb} onClick={() => setAsked(verb)}>
          {WORDS[verb].label}
        </Button>
      ))}
      <Dialog open={asked !== null} onClose={close} title={asked ? `${WORDS[asked].label}?` : ''}>
        {asked && (
          <div className="space-y-3">
            <p>{WORDS[asked].text}</p>
            {power.isSuccess && <p aria-live="polite">The box goes down now.</p>}
            {power.error && <ErrorNote>{messageOf(power.error)}</ErrorNote>}
            <div className="flex justify-end gap-2">
              <Button onClick={close}>Cancel</Button>
              <Button
                variant="danger"
                disabled={power.isPending || power.isSuccess}
                onClick={() => power.mutate({ verb: asked })}
              >
                {WORDS[asked].label}
              </Button>
            </div>
          </div>
        )}
      </Dialog>
    </>
  );
}
