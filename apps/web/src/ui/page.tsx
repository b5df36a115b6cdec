import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

type PageProps = { title: string; description?: string; actions?: ReactNode; children: ReactNode };

export function Page({ title, description, actions, children }: PageProps) {
  return (
    <div className="mx-auto flex max-w-[1600px] flex-col gap-4 p-4">
      <header className="flex flex-wrap items-start justify-between gap-2">
        <div>
          <h1 className="text-lg font-semibold">{title}</h1>
          {description && <p className="text-muted">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Panel({
  title,
  actions,
  children,
  className,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={cn('rounded-md border border-line bg-panel', className)}>
      {title && (
        <header className="flex items-center justify-between gap-2 border-b border-line px-3 py-2">
          <h2 className="text-sm font-semibold">{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** A list with an inspector beside it; on a phone the inspector stands above. */
export function Split({ list, inspector }: { list: ReactNode; inspector: ReactNode | null }) {
  return (
    <div
      className={cn(
        'grid grid-cols-[minmax(0,1fr)] items-start gap-4',
        inspector !== null && 'lg:grid-cols-[minmax(0,1fr)_24rem]',
      )}
    >
      {inspector && (
        <div className="order-first lg:sticky lg:top-16 lg:order-last lg:max-h-[calc(100dvh-5rem)] lg:overflow-y-auto">
          {inspector}
        </div>
      )}
      <div className="min-w-0">{list}</div>
    </div>
  );
}

export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-10 text-center">
      <p className="font-medium">{title}</p>
      <p className="max-w-prose text-muted">{children}</p>
      {action}
    </div>
  );
}

export function Skeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div aria-hidden className="space-y-2 p-3 opacity-60">
      {Array.from({ length: lines }, (_, line) => line).map((line) => (
        <div key={line} className="h-4 rounded bg-raised" style={{ width: `${90 - line * 10}%` }} />
      ))}
    </div>
  );
}

export function ErrorNote({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-md border border-deny px-3 py-2 text-deny">
      {children}
    </p>
  );
}
