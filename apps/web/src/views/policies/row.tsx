'use client';
import { useSortable } from '@dnd-kit/sortable';
import type { Policy } from '@gatehouse/config';
import { GripVertical } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Names } from '@/forms/list-page';
import { onRowKey } from '@/forms/row-keys';
import { cn } from '@/lib/cn';
import { compact } from '@/lib/format';
import { Badge, toneOfAction } from '@/ui/badge';
import { mono, number, Td } from '@/ui/table';
import { RelativeTime } from '@/ui/time';

type Props = {
  policy: Policy;
  index: number;
  selected: boolean;
  stats: { hits: number; lastHit: number | null } | undefined;
  marks: ReactNode;
  onSelect: () => void;
  onMove: (by: number) => void;
  onEnable: (enabled: boolean) => void;
};

/** Columns that a phone has no room for; there the name's cell says it in words. */
export const WIDE = 'hidden sm:table-cell';

/** "lan to wan, https", with the addresses when they are not any. */
function inWords({ from, to, source, destination, application }: Policy): string {
  const end = (zones: string[], addresses: string[]) =>
    [zones.join(', '), ...(addresses.includes('any') ? [] : [`(${addresses.join(', ')})`])].join(' ');
  return `${end(from, source)} to ${end(to, destination)}, ${application.join(', ')}`;
}

export function PolicyRow({ policy, index, selected, stats, marks, onSelect, onMove, onEnable }: Props) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: policy.id,
  });
  return (
    <tr
      ref={setNodeRef}
      tabIndex={0}
      aria-selected={selected}
      onClick={onSelect}
      onKeyDown={(event) => onRowKey(event, { onSelect, onMove })}
      style={{ transform: transform ? `translate3d(0, ${transform.y}px, 0)` : undefined, transition }}
      className={cn(
        'cursor-pointer bg-panel hover:bg-raised/60',
        selected && 'bg-accent-soft',
        isDragging && 'relative z-10 outline outline-accent',
        !policy.enabled && 'text-muted',
      )}
    >
      <Td className="w-6 pr-0">
        <button
          type="button"
          ref={setActivatorNodeRef}
          {...attributes}
          {...listeners}
          aria-label={`Drag ${policy.name}`}
          className="cursor-grab touch-none text-muted"
        >
          <GripVertical aria-hidden className="size-4" />
        </button>
      </Td>
      <Td className={number}>{index + 1}</Td>
      <Td>
        <input
          type="checkbox"
          aria-label={`${policy.name} is on`}
          className="size-4 accent-(--accent)"
          checked={policy.enabled}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => onEnable(event.target.checked)}
        />
      </Td>
      <Td className="min-w-36 font-medium">
        {policy.name} <span className="space-x-2">{marks}</span>
        {policy.description && <p className="text-xs font-normal text-muted">{policy.description}</p>}
        <p className="text-xs font-normal text-muted sm:hidden">
          <Badge tone={toneOfAction(policy.action)}>{policy.action}</Badge> {inWords(policy)}
        </p>
      </Td>
      <Td className={WIDE}>
        <Names names={policy.from} />
      </Td>
      <Td className={WIDE}>
        <Names names={policy.to} />
      </Td>
      <Td className={cn(mono, WIDE)}>
        <Names names={policy.source} />
      </Td>
      <Td className={cn(mono, WIDE)}>
        <Names names={policy.destination} />
      </Td>
      <Td className={WIDE}>
        <Names names={policy.application} />
      </Td>
      <Td className={WIDE}>
        <Badge tone={toneOfAction(policy.action)}>{policy.action}</Badge>
      </Td>
      <Td className={cn('text-xs text-muted', WIDE)}>
        {[policy.log.init && 'start', policy.log.close && 'end'].filter(Boolean).join(', ')}
      </Td>
      <Td className={number}>
        <Link
          className="underline"
          href={`/log?rule=${encodeURIComponent(policy.id)}`}
          onClick={(event) => event.stopPropagation()}
        >
          {compact(stats?.hits ?? 0)}
        </Link>
      </Td>
      <Td className={cn('text-xs whitespace-nowrap text-muted', WIDE)}>
        {stats?.lastHit ? <RelativeTime at={stats.lastHit} /> : 'never'}
      </Td>
    </tr>
  );
}
