import { twMerge } from 'tailwind-merge';

/** Joins class names; later ones win over earlier ones of the same kind. */
export const cn = (...classes: (string | false | null | undefined)[]): string =>
  twMerge(classes.filter(Boolean).join(' '));
