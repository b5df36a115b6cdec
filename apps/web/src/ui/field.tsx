import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from '@/lib/cn';

const box =
  'w-full rounded-md border border-line bg-panel px-2 text-text placeholder:text-muted disabled:opacity-60 aria-invalid:border-deny';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={cn(box, 'h-8', className)} autoComplete="off" spellCheck={false} {...rest} />;
}

/** Text of several lines, as it is: keys, certificates. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      className={cn(box, 'py-1 font-mono text-xs', className)}
      autoComplete="off"
      spellCheck={false}
      {...rest}
    />
  );
}

export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <select className={cn(box, 'h-8', className)} {...rest}>
      {children}
    </select>
  );
}

type FieldProps = {
  label: string;
  help?: string | undefined;
  /** Message with remedy; stands at the field. */
  error?: string | undefined;
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
};

/** A label, one control, what it means and what is wrong with it. */
export function Field({ label, help, error, children }: FieldProps) {
  const id = useId();
  const notes = error ?? help;
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-xs font-medium text-muted">
        {label}
      </label>
      {children({
        id,
        ...(notes ? { 'aria-describedby': `${id}-note` } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {notes && (
        <p id={`${id}-note`} className={cn('text-xs', error ? 'text-deny' : 'text-muted')}>
          {notes}
        </p>
      )}
    </div>
  );
}
