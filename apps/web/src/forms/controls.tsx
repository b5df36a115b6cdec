'use client';
/** One control per kind of value. Text is written into the draft as it is typed: what is wrong with it stands at the field. */
import { X } from 'lucide-react';
import { useId } from 'react';
import { cn } from '@/lib/cn';
import { Field, Input, Select, TextArea } from '@/ui/field';
import { Combobox } from './combobox';

type Common = { label: string; help?: string | undefined; error?: string | undefined };

export function MultilineControl(props: Common & { value: string; onChange: (value: string) => void }) {
  return (
    <Field {...props}>
      {(ids) => (
        <TextArea {...ids} rows={6} value={props.value} onChange={(event) => props.onChange(event.target.value)} />
      )}
    </Field>
  );
}

export function TextControl(
  props: Common & { value: string; options: readonly string[] | null; onChange: (value: string) => void },
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
          {props.options && (
            <datalist id={list}>
              {props.options.map((option) => (
                <option key={option} value={option} />
              ))}
            </datalist>
          )}
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
          {(props.optional || props.value === '') && <option value="">{props.optional ? 'not set' : 'choose…'}</option>}
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

/** A list of names or literals as chips, with a field that adds one. */
export function EntriesControl(
  props: Common & {
    value: readonly string[];
    options: string[] | null;
    open: boolean;
    onAdd: (entry: string) => void;
    onRemove: (entry: string) => void;
  },
) {
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
                    className="p-1.5 text-muted hover:text-text"
                    onClick={() => props.onRemove(entry)}
                  >
                    <X aria-hidden className="size-3" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <Combobox
            {...ids}
            options={(props.options ?? []).filter((option) => !props.value.includes(option))}
            open={props.open}
            onPick={props.onAdd}
          />
        </div>
      )}
    </Field>
  );
}

/** A list whose entries are known beforehand: each can be ticked. */
export function CheckListControl(
  props: Common & {
    value: readonly string[];
    options: readonly string[];
    noteOf: (entry: string) => string | undefined;
    onAdd: (entry: string) => void;
    onRemove: (entry: string) => void;
  },
) {
  const id = useId();
  const note = props.error ?? props.help;
  return (
    <fieldset aria-describedby={note ? `${id}-note` : undefined} className="space-y-1">
      <legend className="text-xs font-medium text-muted">{props.label}</legend>
      {note && (
        <p id={`${id}-note`} className={cn('text-xs', props.error ? 'text-deny' : 'text-muted')}>
          {note}
        </p>
      )}
      <ul>
        {props.options.map((option) => (
          <li key={option} className="flex items-baseline gap-2 py-0.5">
            <input
              id={`${id}-${option}`}
              type="checkbox"
              className="size-4 shrink-0 translate-y-0.5 accent-(--accent)"
              checked={props.value.includes(option)}
              onChange={(event) => (event.target.checked ? props.onAdd(option) : props.onRemove(option))}
            />
            <label htmlFor={`${id}-${option}`}>{option}</label>
            <span className="text-xs text-muted">{props.noteOf(option)}</span>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
