import { ArrowLeftRight, Ban, Check, CircleDot, OctagonX } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

const TONES = {
  permit: { colour: 'text-permit', Icon: Check },
  deny: { colour: 'text-deny', Icon: Ban },
  reject: { colour: 'text-reject', Icon: OctagonX },
  nat: { colour: 'text-nat', Icon: ArrowLeftRight },
  pending: { colour: 'text-pending', Icon: CircleDot },
  neutral: { colour: 'text-muted', Icon: null },
} as const;
export type Tone = keyof typeof TONES;

/** A word with a colour and a sign: never the colour alone. */
export function Badge({ tone, children, className }: { tone: Tone; children: ReactNode; className?: string }) {
  const { colour, Icon } = TONES[tone];
  return (
    <span className={cn('inline-flex items-center gap-1 text-xs font-medium whitespace-nowrap', colour, className)}>
      {Icon && <Icon aria-hidden className="size-3.5 shrink-0" />}
      {children}
    </span>
  );
}

export const toneOfAction = (action: string): Tone =>
  action === 'permit' || action === 'forward' || action === 'host' ? 'permit' : action === 'reject' ? 'reject' : 'deny';
