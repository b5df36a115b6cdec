'use client';
/** One control per kind of value. Text is written into the draft as it is typed: what is wrong with it stands at the field. */
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { cn } from '@/lib/cn';
import { Field, Input, Select } from '@/ui/field';

type Common = { label: string; help?: string | undefined; error?: string | undefined };

export function TextControl(
  props: Common & { value: string; options: string[] | null; onChange: (value: string) => void },
) {
  const list = useId();
  return (
    <Field {...props}>
      {(ids) => (
        <>
          <Input
            {...ids}
            value={props.value}
            list={props.options ? list : undefined}
            onChange={(event) => props.onChange(event.target.value)}
          />
          {props.options && <Options id={list} options={props.options} />}
        </>
      )}
    </Field>
  );
}

export function NumberControl(
  props: Common & { value: number | undefined; onChange: (value: number | undefined) => void },
) {
  return (
    <Field {...props}>
      {(ids) => (
        <Input
          {...ids}
          type="number"
          className="font-mono"
          value={props.value ?? ''}
          onChange={(event) => props.onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        />
      )}
    </Field>
  );
}

export function ChoiceControl(
  props: Common & {
    value: string;
    options: readonly (string | number)[];
    optional: boolean;
    onChange: (value: string) => void;
  },
) {
  return (
    <Field {...props}>
      {(ids) => (
        <Select {...ids} value={props.value} onChange={(event) => props.onChange(event.target.value)}>
          {props.optional && <option value="">not set</option>}
          {props.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

export function SwitchControl(props: Common & { value: boolean; onChange: (value: boolean) => void }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="flex items-center gap-2">
        <input
          id={id}
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={props.value}
          onChange={(event) => props.onChange(event.target.checked)}
        />
        {props.label}
      </label>
      {(props.error ?? props.help) && (
        <p className={cn('pl-6 text-xs', props.error ? 'text-deny' : 'text-muted')}>{props.error ?? props.help}</p>
      )}
    </div>
  );
}

function Options({ id, options }: { id: string; options: readonly string[] }) {
  return (
    <datalist id={id}>
      {options.map((option) => (
        <option key={option} value={option} />
      ))}
    </datalist>
  );
}

/** A list of names or literals as chips; Enter, a comma or a choice from the list adds one. */
export function EntriesControl(
  props: Common & {
    value: readonly string[];
    options: string[] | null;
    onAdd: (entry: string) => void;
    onRemove: (entry: string) => void;
  },
) {
  const list = useId();
  const [text, setText] = useState('');
  const add = (entry: string) => {
    const clean = entry.trim();
    if (clean) props.onAdd(clean);
    setText('');
  };
  return (
    <Field {...props}>
      {(ids) => (
        <div className="space-y-1">
          {props.value.length > 0 && (
            <ul aria-label={`${props.label}: entries`} className="flex flex-wrap gap-1">
              {props.value.map((entry) => (
                <li key={entry} className="flex items-center gap-0.5 rounded-md bg-raised pl-2 font-mono text-xs">
                  {entry}
                  <button
                    type="button"
                    aria-label={`Remove ${entry} from ${props.label}`}
                    className="p-1 text-muted hover:text-text"
                    onClick={() => props.onRemove(entry)}
                  >
                    <X aria-hidden className="size-3" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Input
            {...ids}
            role="combobox"
            aria-expanded={false}
            aria-controls={list}
            list={list}
            placeholder="Add…"
            value={text}
            onChange={(event) => {
              const { value } = event.target;
              // a choice from the list replaces the whole text at once, typing inserts
              const chosen = (event.nativeEvent as InputEvent).inputType === 'insertReplacementText';
              if (value.endsWith(',') || (chosen && props.options?.includes(value))) add(value.replace(/,$/, ''));
              else setText(value);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add(text);
            }}
            onBlur={() => add(text)}
          />
          <Options id={list} options={(props.options ?? []).filter((option) => !props.value.includes(option))} />
        </div>
      )}
    </Field>
  );
}
