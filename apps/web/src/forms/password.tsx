'use client';
/** A new password: sealed by the box at once, so that the draft never holds it. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Field, Input } from '@/ui/field';

type Props = {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  isSet: boolean;
  onSealed: (sealed: string) => void;
};

export function PasswordControl({ label, error, isSet, onSealed }: Props) {
  const api = useApi();
  const [text, setText] = useState('');
  const seal = useMutation(
    api.secrets.seal.mutationOptions({
      onSuccess: ({ sealed }) => {
        onSealed(sealed);
        setText('');
      },
    }),
  );
  const problem = seal.error ? messageOf(seal.error) : isSet ? undefined : error;
  return (
    <Field
      label={label}
      error={problem}
      help={isSet ? 'A password is set. A new one takes its place.' : 'No password yet.'}
    >
      {(ids) => (
        <div className="flex gap-2">
          <Input
            {...ids}
            type="password"
            autoComplete="new-password"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button disabled={!text || seal.isPending} onClick={() => seal.mutate({ kind: 'password', value: text })}>
            Set
          </Button>
        </div>
      )}
    </Field>
  );
}
