'use client';
/** What was changed in an object since the last commit, with the way back. */
import { Undo2 } from 'lucide-react';
import { useDraft } from '@/draft/draft';
import { Button } from '@/ui/button';
import { changesOf, type ListName } from './lists';

export function ItemChanges({ list, id }: { list: ListName; id: string }) {
  const { changes, discard } = useDraft();
  return (changesOf(changes, list).get(id) ?? [])
    .filter((change) => change.kind === 'changed' || change.kind === 'moved')
    .map((change) => (
      <div key={change.kind} className="rounded-md border border-line p-3">
        <p className="text-xs font-medium text-pending">
          {change.kind === 'moved' ? change.title : 'Changed since the last commit'}
        </p>
        {change.fields.map((field) => (
          <p key={field.label} className="text-xs">
            {field.label}: <del className="text-muted">{field.before ?? 'not set'}</del> → {field.after ?? 'not set'}
          </p>
        ))}
        <Button size="small" className="mt-2" onClick={() => discard(change)}>
          <Undo2 aria-hidden className="size-3.5" /> {change.kind === 'moved' ? 'Undo move' : 'Undo changes'}
        </Button>
      </div>
    ));
}
