'use client';
/** A new secret: sealed by the box at once, so that the draft never holds it. */
import type { SecretKind } from '@gatehouse/config';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Field, Input, TextArea } from '@/ui/field';

type Props = {
  kind: SecretKind;
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  isSet: boolean;
  onSealed: (sealed: string) => void;
};

const WORDS: Record<SecretKind, string> = { password: 'password', 'private-key': 'private key' };

export function SecretControl({ kind, label, error, isSet, onSealed }: Props) {
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
  const word = WORDS[kind];
  const common = { value: text, onChange: (event: { target: { value: string } }) => setText(event.target.value) };
  return (
    <Field
      label={label}
      error={problem}
      help={isSet ? `A ${word} is set. A new one takes its place.` : `No ${word} yet.`}
    >
      {(ids) => (
        <div className="flex items-start gap-2">
          {kind === 'private-key' ? (
            <TextArea {...ids} {...common} rows={3} placeholder="-----BEGIN PRIVATE KEY-----" />
          ) : (
            <Input {...ids} {...common} type="password" autoComplete="new-password" />
          )}
          <Button disabled={!text || seal.isPending} onClick={() => seal.mutate({ kind, value: text })}>
            Set
          </Button>
        </div>
      )}
    </Field>
  );
}
