'use client';
/** A list of objects with an inspector: what most pages of the configuration are. */
import { Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { issueAt, sentenceOf, useDraft } from '@/draft/draft';
import { cn } from '@/lib/cn';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Input } from '@/ui/field';
import { EmptyState, Panel, Split } from '@/ui/page';
import { number, Table, Td, Th } from '@/ui/table';
import { Inspector } from './inspector';
import { changesOf, describe, type Item, itemsOf, type ListName, moveItem, newItem, pathOf } from './lists';
import { onRowKey } from './row-keys';
import { useSelection } from './use-selection';

export type Column<T> = { label: string; cell: (item: T) => ReactNode; className?: string };

type Props<T> = {
  list: ListName;
  columns: readonly Column<T>[];
  /** What the thing is for, when there is none. */
  purpose: string;
  over?: () => Record<string, unknown>;
};

/** Marks of a row: changed since the last commit, or wrong. */
export function useMarks(list: ListName): (item: Item, index: number) => ReactNode {
  const { changes, issues } = useDraft();
  const changed = changesOf(changes, list);
  return (item, index) => {
    const issue = issueAt(issues, [...pathOf(list), index]);
    return (
      <>
        {issue && (
          <span title={sentenceOf(issue)}>
            <Badge tone={issue.severity === 'error' ? 'deny' : 'reject'}>{issue.severity}</Badge>
          </span>
        )}
        {changed.get(item.id)?.map((change) => (
          <span
            key={change.kind}
            title={
              change.fields.map((field) => `${field.label}: ${field.before ?? 'not set'}`).join('\n') || change.title
            }
          >
            <Badge tone="pending">{change.kind === 'added' ? 'new' : change.kind}</Badge>
          </span>
        ))}
      </>
    );
  };
}

/** Moves items of an ordered list; `said` is for a live region. */
export function useOrder(list: ListName): { move: (id: string, to: number) => void; said: string } {
  const { config, replace } = useDraft();
  const [said, say] = useState('');
  const move = (id: string, to: number) => {
    const copy = structuredClone(config);
    const place = moveItem(copy, list, id, to);
    if (place === null) return;
    replace(copy);
    say(`${itemsOf(copy, list)[place]?.name} is now number ${place + 1}`);
  };
  return { move, said };
}

export function ListPage<T>({ list, columns, purpose, over }: Props<T>) {
  const { config, change } = useDraft();
  const [selected, select] = useSelection();
  const [filter, setFilter] = useState('');
  const marks = useMarks(list);
  const { move, said } = useOrder(list);
  const items = itemsOf(config, list);
  const { ordered } = describe(list).meta;
  const noun = (describe(list).meta.object ?? 'object').replace(/^\w(?![A-Z])/, (letter) => letter.toLowerCase());
  const wanted = filter.trim().toLowerCase();
  const shown = items
    .map((item, index) => ({ item, index }))
    .filter(({ item }) => JSON.stringify(item).toLowerCase().includes(wanted));
  const add = () => {
    const item = newItem(items, list, over?.());
    change((draft) => itemsOf(draft, list).push(item));
    select(item.id);
  };
  const addButton = (
    <Button variant="primary" onClick={add}>
      <Plus aria-hidden className="size-4" /> Add {noun}
    </Button>
  );
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-2">
        <Input
          aria-label="Filter"
          placeholder="Filter"
          className="w-56"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        {items.length > 0 && addButton}
      </div>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      <Split
        list={
          <Panel>
            {items.length === 0 ? (
              <EmptyState title={`No ${noun} yet`} action={addButton}>
                {purpose}
              </EmptyState>
            ) : (
              <Table label={describe(list).meta.label ?? list}>
                <thead>
                  <tr>
                    {ordered && <Th>#</Th>}
                    {columns.map((column) => (
                      <Th key={column.label} className={column.className === number ? 'text-right' : undefined}>
                        {column.label}
                      </Th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map(({ item, index }, row) => (
                    <tr
                      key={item.id}
                      tabIndex={0}
                      aria-selected={item.id === selected}
                      className={cn('cursor-pointer hover:bg-raised/60', item.id === selected && 'bg-accent-soft')}
                      onClick={() => select(item.id)}
                      onKeyDown={(event) =>
                        onRowKey(event, {
                          onSelect: () => select(item.id),
                          onMove: ordered && ((by) => move(item.id, shown[row + by]?.index ?? index)),
                        })
                      }
                    >
                      {ordered && <Td className={number}>{index + 1}</Td>}
                      {columns.map((column, place) => (
                        <Td key={column.label} className={cn(place === 0 && 'min-w-32', column.className)}>
                          {column.cell(item as T)}
                          {place === 0 && <span className="ml-1 space-x-2">{marks(item, index)}</span>}
                        </Td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </Table>
            )}
          </Panel>
        }
        inspector={
          selected && items.some((item) => item.id === selected) ? (
            <Inspector key={selected} list={list} id={selected} onSelect={select} />
          ) : null
        }
      />
    </div>
  );
}

/** A short list of names. */
export function Names({ names }: { names: readonly string[] }) {
  return names.length ? names.join(', ') : <span className="text-muted">none</span>;
}
