'use client';
/** Search over pages and objects of the draft: `/` or Ctrl-K. */
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { useDraft } from '@/draft/draft';
import { cn } from '@/lib/cn';
import { hrefOf, PLACES } from '@/lib/places';
import { Dialog } from '@/ui/dialog';
import { Input } from '@/ui/field';

type Hit = { key: string; label: string; kind: string; href: string; words: string };

const LISTS = [
  ['policies', 'Policy'],
  ['zones', 'Zone'],
  ['interfaces', 'Interface'],
  ['addresses', 'Address'],
  ['addressGroups', 'Address group'],
  ['applications', 'Application'],
  ['users', 'User'],
] as const;
const SHOWN = 12;

export function Finder({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { config } = useDraft();
  const router = useRouter();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const all = useMemo((): Hit[] => {
    const pages = PLACES.map((place) => ({ ...place, key: place.href, kind: 'Page' }));
    const objects = LISTS.flatMap(([list, kind]) =>
      config[list].map((item, index) => ({
        key: `${list} ${item.id}`,
        label: item.name,
        kind,
        href: hrefOf(config, [list, index]),
        words: JSON.stringify(item).toLowerCase(),
      })),
    );
    return [...pages, ...objects];
  }, [config]);
  const wanted = text.trim().toLowerCase();
  const hits = all
    .filter((hit) => hit.label.toLowerCase().includes(wanted) || hit.words.includes(wanted))
    .slice(0, SHOWN);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    router.push(hit.href);
    setText('');
    onClose();
  };
  return (
    <Dialog open={open} onClose={onClose} title="Search">
      <Input
        autoFocus
        aria-label="Search pages and objects"
        placeholder="A page, an object, an address…"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen((now) => Math.min(now + 1, hits.length - 1));
          else if (event.key === 'ArrowUp') setChosen((now) => Math.max(now - 1, 0));
          else if (event.key === 'Enter') go(hits[chosen]);
          else return;
          event.preventDefault();
        }}
      />
      <ul className="mt-2">
        {hits.map((hit, index) => (
          <li key={hit.key}>
            <button
              type="button"
              className={cn(
                'flex w-full justify-between rounded-md px-2 py-1.5 text-left',
                index === chosen && 'bg-raised',
              )}
              onClick={() => go(hit)}
            >
              {hit.label} <span className="text-xs text-muted">{hit.kind}</span>
            </button>
          </li>
        ))}
      </ul>
      {!hits.length && <p className="mt-2 text-muted">Nothing found.</p>}
    </Dialog>
  );
}
