import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

const styles = cva(
  'inline-flex items-center justify-center gap-1.5 rounded-md border px-3 font-medium whitespace-nowrap disabled:opacity-50 disabled:cursor-not-allowed',
  {
    variants: {
      variant: {
        primary: 'border-accent bg-accent text-panel hover:brightness-110',
        secondary: 'border-line bg-panel text-text hover:bg-raised',
        ghost: 'border-transparent text-text hover:bg-raised',
        danger: 'border-deny text-deny bg-panel hover:bg-raised',
      },
      size: { normal: 'h-8', small: 'h-7 px-2 text-xs', icon: 'h-8 w-8 px-0' },
    },
    defaultVariants: { variant: 'secondary', size: 'normal' },
  },
);

type Props = ComponentProps<'button'> & VariantProps<typeof styles>;

export function Button({ variant, size, className, type = 'button', ...rest }: Props) {
  return <button type={type} className={cn(styles({ variant, size }), className)} {...rest} />;
}
