'use client';
import { useNow } from '@/lib/api';
import { duration } from '@/lib/format';

/** "3 min ago", with the exact time on hover. */
export function RelativeTime({ at }: { at: number }) {
  const now = useNow(10_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()} suppressHydrationWarning>
      {duration(now - at)} ago
    </time>
  );
}
