/** The keyboard of a table row: arrows go to the neighbours, Enter opens, Alt with the arrows moves the object itself. */
import type { KeyboardEvent } from 'react';

type Actions = { onSelect: () => void; onMove?: ((by: 1 | -1) => void) | false | undefined };

export function onRowKey(event: KeyboardEvent<HTMLTableRowElement>, { onSelect, onMove }: Actions): void {
  const row = event.currentTarget;
  const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
  if (by && event.altKey && onMove) onMove(by);
  else if (event.target !== row) return;
  else if (by) ((by < 0 ? row.previousElementSibling : row.nextElementSibling) as HTMLElement | null)?.focus();
  else if (event.key === 'Enter') onSelect();
  else return;
  event.preventDefault();
}
