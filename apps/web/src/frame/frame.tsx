'use client';
/** What stands around every page: rail, top bar, the chip of pending changes; on a phone a bar at the bottom. */
import { useQuery } from '@tanstack/react-query';
import { LogOut, Menu, Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { CommitSheet } from '@/commit/sheet';
import { CommitProvider, useCommitState } from '@/commit/state';
import { DraftProvider, useDraft } from '@/draft/draft';
import { useApi, useNow } from '@/lib/api';
import { cn } from '@/lib/cn';
import { CountersProvider } from '@/lib/counters';
import { clock } from '@/lib/format';
import { GROUPS, PLACES, type Place } from '@/lib/places';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Finder } from './finder';
import { Help } from './help';

export function Frame({ children }: { children: ReactNode }) {
  return (
    <CommitProvider>
      <DraftProvider>
        <CountersProvider>
          <div className="flex min-h-dvh">
            <Rail />
            <div className="flex min-w-0 flex-1 flex-col pb-14 md:pb-0">
              <TopBar />
              <main className="flex-1">{children}</main>
            </div>
            <BottomBar />
          </div>
        </CountersProvider>
      </DraftProvider>
    </CommitProvider>
  );
}

const isHere = (place: Place, path: string): boolean =>
  place.href === '/' ? path === '/' : path.startsWith(place.href);

function PlaceLink({ place, onClick }: { place: Place; onClick?: () => void }) {
  const here = isHere(place, usePathname());
  return (
    <Link
      href={place.href}
      onClick={onClick}
      aria-current={here ? 'page' : undefined}
      className={cn(
        'flex h-8 items-center gap-2 rounded-md px-2 text-muted hover:bg-raised hover:text-text',
        here && 'bg-raised font-medium text-text',
      )}
    >
      <place.icon aria-hidden className="size-4 shrink-0" />
      {place.label}
    </Link>
  );
}

function Places({ onClick }: { onClick?: () => void }) {
  return GROUPS.map((group) => (
    <div key={group.label} className="mb-3">
      {group.label && <p className="px-2 pb-1 text-xs text-muted">{group.label}</p>}
      {group.places.map((place) => (
        <PlaceLink key={place.href} place={place} onClick={onClick} />
      ))}
    </div>
  ));
}

function Rail() {
  return (
    <nav
      aria-label="Pages"
      className="sticky top-0 hidden h-dvh w-48 shrink-0 overflow-y-auto border-r border-line bg-panel p-2 md:block"
    >
      <p className="px-2 py-2 text-base font-semibold">Gatehouse</p>
      <Places />
    </nav>
  );
}

const ON_PHONE = ['/', '/policies', '/sessions', '/log'];

function BottomBar() {
  const [open, setOpen] = useState(false);
  const path = usePathname();
  const item = 'flex flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted';
  return (
    <nav
      aria-label="Main pages"
      className="fixed inset-x-0 bottom-0 z-30 flex h-14 border-t border-line bg-panel md:hidden"
    >
      {PLACES.filter((place) => ON_PHONE.includes(place.href)).map((place) => (
        <Link key={place.href} href={place.href} className={cn(item, isHere(place, path) && 'text-accent')}>
          <place.icon aria-hidden className="size-5" />
          {place.label}
        </Link>
      ))}
      <button type="button" className={item} onClick={() => setOpen(true)}>
        <Menu aria-hidden className="size-5" />
        More
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Pages">
        <Places onClick={() => setOpen(false)} />
      </Dialog>
    </nav>
  );
}

function Health() {
  const api = useApi();
  const status = useQuery(api.system.status.queryOptions(undefined, { refetchInterval: 5000 }));
  const bad = status.data?.subsystems.find((item) => item.state !== 'ok');
  const text = status.error
    ? 'The box does not answer'
    : bad
      ? `${bad.name}: ${bad.message}`
      : 'All subsystems are well';
  return (
    <span title={text} className="flex items-center gap-1.5 text-xs text-muted">
      <span
        aria-hidden
        className={cn('size-2 rounded-full', status.error ? 'bg-deny' : bad ? 'bg-reject' : 'bg-permit')}
      />
      <span className="sr-only sm:not-sr-only">{status.error ? 'unreachable' : bad ? bad.state : 'healthy'}</span>
    </span>
  );
}

function Chip() {
  const draft = useDraft();
  const { state, offset } = useCommitState();
  const now = useNow();
  const [open, setOpen] = useState(false);
  const deadline = state?.pending?.deadline;
  const count = draft.changes.length;
  return (
    <>
      {deadline ? (
        <Button variant="primary" onClick={() => setOpen(true)}>
          Testing · {clock(deadline - (now + offset))}
        </Button>
      ) : count ? (
        <Button variant="primary" onClick={() => setOpen(true)}>
          {count} {count === 1 ? 'change' : 'changes'}
        </Button>
      ) : (
        <span className="text-xs text-muted">No changes</span>
      )}
      <CommitSheet open={open} onClose={() => setOpen(false)} />
    </>
  );
}

function TopBar() {
  const api = useApi();
  const me = useQuery(api.auth.me.queryOptions());
  const { config } = useDraft();
  const [finding, setFinding] = useState(false);
  const [helping, setHelping] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest('input, textarea, select, [contenteditable]');
      const find = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !typing);
      if (find) setFinding(true);
      else if (event.key === '?' && !typing) setHelping(true);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const logout = async () => {
    await fetch('/api/daemon/auth.logout', { method: 'POST' }).catch(() => {});
    location.assign('/login');
  };
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-panel px-4">
      <span className="truncate font-medium">{config.system.hostName}</span>
      <Health />
      <span className="flex-1" />
      <Button variant="ghost" size="icon" aria-label="Search (/)" onClick={() => setFinding(true)}>
        <Search aria-hidden className="size-4" />
      </Button>
      <Chip />
      <span className="hidden text-xs text-muted sm:inline">{me.data?.name}</span>
      <Button variant="ghost" size="icon" aria-label="Log out" onClick={logout}>
        <LogOut aria-hidden className="size-4" />
      </Button>
      <Finder open={finding} onClose={() => setFinding(false)} />
      <Help open={helping} onClose={() => setHelping(false)} />
    </header>
  );
}
