'use client';
import { Dialog } from '@/ui/dialog';

const KEYS = [
  ['/ or Ctrl-K', 'search pages and objects'],
  ['?', 'this help'],
  ['Escape', 'close what is open'],
  ['Alt-↑ Alt-↓', 'move the focused policy'],
  ['Enter', 'open the focused row'],
  ['Alt-click on a value in the log', 'hide entries with that value'],
] as const;

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Help">
      <p className="mb-3">
        What you edit is a draft. The button with the number of changes shows what will be different, lets the box check
        it, and tests it: a test undoes itself unless you keep it.
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {KEYS.map(([key, what]) => (
          <div key={key} className="contents">
            <dt className="font-mono text-xs leading-5">{key}</dt>
            <dd className="text-muted">{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
