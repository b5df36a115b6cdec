'use client';
/** A text field that offers names (ARIA 1.2 combobox with a list). `open`: what is typed counts as it is; else only what is offered. */
import { type KeyboardEvent, useId, useState } from 'react';
import { cn } from '@/lib/cn';
import { Input } from '@/ui/field';

/** More would not be read. */
const SHOWN = 50;

type Props = {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  options: readonly string[];
  open: boolean;
  onPick: (entry: string) => void;
};

export function Combobox({ options, open, onPick, ...ids }: Props) {
  const list = useId();
  const [text, setText] = useState('');
  const [expanded, setExpanded] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const wanted = text.trim().toLowerCase();
  const shown = options.filter((option) => option.toLowerCase().includes(wanted)).slice(0, SHOWN);
  const exact = shown.findIndex((option) => option.toLowerCase() === wanted);
  const guess = wanted === '' ? -1 : exact >= 0 || open ? exact : 0;
  const active = chosen ?? guess;

  const close = () => {
    setText('');
    setChosen(null);
    setExpanded(false);
  };
  const pick = (entry: string | undefined) => {
    if (entry) onPick(entry);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
    if (by && !event.altKey) {
      setExpanded(true);
      if (shown.length) setChosen((active + by + shown.length) % shown.length);
    } else if (event.key === 'Enter' || (event.key === ',' && wanted)) pick(shown[active] ?? (open ? text.trim() : ''));
    else if (event.key === 'Escape' && expanded) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="relative">
      <Input
        {...ids}
        role="combobox"
        aria-expanded={expanded && shown.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={expanded && active >= 0 ? `${list}-${active}` : undefined}
        placeholder="Add…"
        value={text}
        onFocus={() => setExpanded(true)}
        onClick={() => setExpanded(true)}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(null);
          setExpanded(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => pick(open || exact >= 0 ? (shown[exact] ?? text.trim()) : undefined)}
      />
      {expanded && shown.length > 0 && (
        <div
          id={list}
          role="listbox"
          aria-label="Choices"
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-56 overflow-y-auto rounded-md border border-line bg-panel py-1 shadow-md"
        >
          {shown.map((option, index) => (
            // the keyboard acts on the field: aria-activedescendant names the option
            <div
              key={option}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              ref={(element) => {
                if (index === active && chosen !== null) element?.scrollIntoView({ block: 'nearest' });
              }}
              className={cn(
                'cursor-pointer px-2 py-1 font-mono text-xs hover:bg-raised',
                index === active && 'bg-accent-soft',
              )}
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(option)}
              onKeyDown={(event) => event.key === 'Enter' && pick(option)}
            >
              {option}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
