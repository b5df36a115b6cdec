'use client';
/**
 * The name of an object. It enters the draft when the field is left or on Enter: while it is typed it may for a moment be the name of another
 * object, and a rename takes along whatever carries the name.
 */
import { useState } from 'react';
import { useDraft } from '@/draft/draft';
import { Field, Input } from '@/ui/field';
import { isTaken, type ListName, renamed } from './lists';

type Props = {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  list: ListName;
  id: string;
  value: string;
};

export function NameControl({ label, help, error, list, id, value }: Props) {
  const { config, replace } = useDraft();
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed?.trim() ?? value;
  const taken = name !== value && isTaken(config, list, id, name);
  const settle = () => {
    if (taken) return;
    if (name !== value) replace(renamed(config, list, id, name));
    setTyped(null);
  };
  return (
    <Field label={label} help={help} error={taken ? `${name} is taken. Choose another name.` : error}>
      {(ids) => (
        <Input
          {...ids}
          value={typed ?? value}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={settle}
          onKeyDown={(event) => {
            if (event.key === 'Enter') settle();
            else if (event.key === 'Escape' && typed !== null) setTyped(null);
            else return;
            event.stopPropagation();
          }}
        />
      )}
    </Field>
  );
}
