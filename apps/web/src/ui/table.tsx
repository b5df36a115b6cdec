import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

/** Tables scroll sideways inside their frame on narrow screens. */
export function Table({ className, label, ...rest }: ComponentProps<'table'> & { label: string }) {
  return (
    <div className="relative overflow-x-auto">
      <table aria-label={label} className={cn('w-full border-collapse text-left', className)} {...rest} />
    </div>
  );
}

export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={cn(className, 'border-b border-line px-3 py-1.5 font-sans text-xs whitespace-nowrap text-muted')}
      {...rest}
    />
  );
}

export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td className={cn('border-b border-line px-3 py-1.5 align-top', className)} {...rest} />;
}

export const number = 'text-right font-mono text-xs leading-5';
export const mono = 'font-mono text-xs leading-5';
