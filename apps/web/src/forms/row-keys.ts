/** The keyboard of a table row: arrows go to the neighbours, Enter opens and goes to the fields, Alt with the arrows moves the object itself. */
import type { KeyboardEvent } from 'react';

/** Puts the focus on the first field of the inspector, if one is open. */
export function enterInspector(): void {
  document.querySelector<HTMLElement>('[data-inspector] :is(input, select)')?.focus();
}

/** Puts the focus back on the row of the selected object. */
export function leaveInspector(): void {
  document.querySelector<HTMLElement>('tr[aria-selected="true"]')?.focus();
}

/** Was what opens the inspector done with the keyboard? */
export const openedByKey = (): boolean => document.activeElement?.matches(':is(tr, button):focus-visible') ?? false;

type Actions = { onSelect: () => void; onMove?: ((by: 1 | -1) => void) | false | undefined };

export function onRowKey(event: KeyboardEvent<HTMLTableRowElement>, { onSelect, onMove }: Actions): void {
  const row = event.currentTarget;
  const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
  if (by && event.altKey && onMove) onMove(by);
  else if (event.target !== row) return;
  else if (by) ((by < 0 ? row.previousElementSibling : row.nextElementSibling) as HTMLElement | null)?.focus();
  else if (event.key === 'Enter') {
    onSelect();
    enterInspector();
  } else return;
  event.preventDefault();
}
