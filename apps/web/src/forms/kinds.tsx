'use client';
/** Several lists on one page, one at a time; which one stands in the address. */
import { cn } from '@/lib/cn';
import { useQueryState } from './use-selection';

export function useKind<K extends string>(kinds: readonly K[]): [K, (kind: K) => void] {
  const [query, set] = useQueryState();
  const kind = kinds.find((item) => item === query.get('kind')) ?? (kinds[0] as K);
  return [kind, (next) => set({ kind: next, object: null })];
}

export function KindTabs<K extends string>(props: {
  kinds: readonly { kind: K; label: string; count: number }[];
  chosen: K;
  onChoose: (kind: K) => void;
}) {
  return (
    <div role="tablist" aria-label="Kinds" className="flex flex-wrap border-b border-line">
      {props.kinds.map(({ kind, label, count }) => (
        <button
          key={kind}
          type="button"
          role="tab"
          aria-selected={kind === props.chosen}
          className={cn(
            'border-b-2 border-transparent px-3 py-1.5 text-muted',
            kind === props.chosen && 'border-accent text-text',
          )}
          onClick={() => props.onChoose(kind)}
        >
          {label} <span className="text-xs text-muted">{count}</span>
        </button>
      ))}
    </div>
  );
}
