/** Changes in words, grouped by what they change; each can be taken back. */
import type { Change } from '@gatehouse/config';
import { ArrowUpDown, Minus, Pencil, Plus, Undo2 } from 'lucide-react';
import { Button } from '@/ui/button';

const SIGNS = { added: Plus, removed: Minus, changed: Pencil, moved: ArrowUpDown } as const;

export function Words({ changes, onUndo }: { changes: readonly Change[]; onUndo?: (change: Change) => void }) {
  const groups = Map.groupBy(changes, (change) => change.objectType);
  return (
    <div className="space-y-4">
      {[...groups].map(([type, items]) => (
        <section key={type} aria-label={type}>
          <h3 className="mb-1 text-xs font-medium text-muted">{type}</h3>
          <ul className="divide-y divide-line rounded-md border border-line">
            {items.map((change) => {
              const Sign = SIGNS[change.kind];
              return (
                <li key={`${change.kind} ${change.id}`} className="flex items-start gap-2 px-3 py-2">
                  <Sign aria-hidden className="mt-0.5 size-4 shrink-0 text-pending" />
                  <div className="min-w-0 flex-1">
                    <p>{change.title}</p>
                    {change.kind === 'changed' &&
                      change.fields.map((field) => (
                        <p key={field.field} className="text-xs break-words text-muted">
                          {field.label}: <del>{field.before ?? 'not set'}</del> →{' '}
                          <ins className="text-text no-underline">{field.after ?? 'not set'}</ins>
                        </p>
                      ))}
                  </div>
                  {onUndo && (
                    <Button
                      size="small"
                      variant="ghost"
                      onClick={() => onUndo(change)}
                      aria-label={`Undo: ${change.title}`}
                    >
                      <Undo2 aria-hidden className="size-3.5" /> Undo
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}
