'use client';
/** The selected object stands in the address, so that it can be linked and the back button works. */
import { usePathname, useRouter, useSearchParams } from 'next/navigation';

export function useQueryState(): [URLSearchParams, (next: Record<string, string | null>) => void] {
  const router = useRouter();
  const path = usePathname();
  const query = new URLSearchParams(useSearchParams());
  const set = (next: Record<string, string | null>) => {
    const copy = new URLSearchParams(query);
    for (const [key, value] of Object.entries(next)) {
      if (value === null || value === '') copy.delete(key);
      else copy.set(key, value);
    }
    const text = copy.toString();
    router.replace(text ? `${path}?${text}` : path, { scroll: false });
  };
  return [query, set];
}

export function useSelection(): [string | null, (id: string | null) => void] {
  const [query, set] = useQueryState();
  return [query.get('object'), (id) => set({ object: id })];
}
