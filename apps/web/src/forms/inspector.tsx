'use client';
/** The selected object beside its list: its form, who uses it, duplicate, delete. */
import { objectOf, references } from '@gatehouse/config';
import { ArrowDown, ArrowUp, Copy, Trash2, X } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { useDraft } from '@/draft/draft';
import { hrefOf } from '@/lib/places';
import { Button } from '@/ui/button';
import { Panel } from '@/ui/page';
import { ItemChanges } from './item-changes';
import { describe, freeName, type Item, itemsOf, type ListName, moveItem, newId, pathOf, REFERENCED } from './lists';
import { KindControl, ObjectForm } from './object-form';
import { enterInspector, leaveInspector, openedByKey } from './row-keys';

export function Inspector({
  list,
  id,
  onSelect,
}: {
  list: ListName;
  id: string;
  onSelect: (id: string | null) => void;
}) {
  const { config, change } = useDraft();
  const top = useRef<HTMLDivElement>(null);
  // where it stands above the list, the person may be far below it
  useEffect(() => {
    top.current?.scrollIntoView({ block: 'nearest' });
    if (openedByKey()) enterInspector();
  }, []);
  const items = itemsOf(config, list);
  const index = items.findIndex((item) => item.id === id);
  const item = items[index];
  const field = describe(list);
  const node = field.node.item;
  if (!item || node.kind === 'scalar' || node.kind === 'list') return null;
  const path = [...pathOf(list), index];
  const noun = field.meta.object ?? 'Object';
  const type = REFERENCED[list];
  const users = type && item.name ? references(config, type, item.name) : [];
  const remove = () => {
    change((draft) => itemsOf(draft, list).splice(index, 1));
    onSelect(null);
  };
  const duplicate = () => {
    const copy: Item = { ...structuredClone(item), id: newId() };
    if (copy.name !== undefined) copy.name = freeName(items, copy.name);
    change((draft) => itemsOf(draft, list).splice(index + 1, 0, copy));
    onSelect(copy.id);
  };
  const move = (to: number) => change((draft) => moveItem(draft, list, id, to));
  return (
    <Panel
      title={`${noun} ${item.name ?? ''}`}
      actions={
        <Button size="icon" variant="ghost" aria-label="Close inspector" onClick={() => onSelect(null)}>
          <X aria-hidden className="size-4" />
        </Button>
      }
    >
      <div ref={top} className="h-0 scroll-mt-28" />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard here from the fields inside */}
      <div
        data-inspector
        className="space-y-4 p-3"
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          leaveInspector();
          onSelect(null);
        }}
      >
        {node.kind === 'union' && <KindControl node={node} path={path} label={noun} />}
        <ObjectForm
          fields={(objectOf(node, item)?.fields ?? []).filter(
            (inner) => node.kind === 'object' || inner.key !== node.discriminator,
          )}
          path={path}
          list={list}
        />
        {users.length > 0 && (
          <div>
            <p className="text-xs font-medium text-muted">Used by, so that it can not be deleted</p>
            <ul>
              {users.map((user) => (
                <li key={user.path.join('/')}>
                  <Link className="underline" href={hrefOf(config, user.path)}>
                    {user.objectType} {user.name}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )}
        <ItemChanges list={list} id={id} />
        <div className="flex flex-wrap gap-2">
          {field.meta.ordered && (
            <>
              <Button size="small" disabled={index === 0} onClick={() => move(index - 1)}>
                <ArrowUp aria-hidden className="size-3.5" /> Move up
              </Button>
              <Button size="small" disabled={index === items.length - 1} onClick={() => move(index + 1)}>
                <ArrowDown aria-hidden className="size-3.5" /> Move down
              </Button>
            </>
          )}
          <Button size="small" onClick={duplicate}>
            <Copy aria-hidden className="size-3.5" /> Duplicate
          </Button>
          <Button size="small" variant="danger" disabled={users.length > 0} onClick={remove}>
            <Trash2 aria-hidden className="size-3.5" /> Delete
          </Button>
        </div>
      </div>
    </Panel>
  );
}
