/** Filters of the log: what the box filters (in the address) and what this window hides (Alt-click). Pure. */
import type { AppRouter } from '@gatehouse/daemon/router';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type Entry = inferRouterOutputs<AppRouter>['events']['recent'][number];
export type Filter = NonNullable<NonNullable<inferRouterInputs<AppRouter>['events']['recent']>['filter']>;

export const KEYS = ['kind', 'address', 'source', 'destination', 'port', 'protocol', 'zone', 'rule', 'reason'] as const;
export type Key = (typeof KEYS)[number];
const KINDS = ['open', 'close', 'drop'] as const;

/** The filter that an address asks for; what can not be one is left out. */
export function filterOf(query: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const key of KEYS) {
    const value = query.get(key);
    if (!value) continue;
    if (key === 'port') {
      if (/^\d{1,5}$/.test(value) && Number(value) < 65_536) filter.port = Number(value);
    } else if (key === 'kind') {
      const kind = KINDS.find((item) => item === value);
      if (kind) filter.kind = kind;
    } else filter[key] = value;
  }
  return filter;
}

export type Hidden = { key: Key; value: string };

/** Values of an entry under a key of the filter. */
function valuesOf(entry: Entry, key: Key): (string | null | undefined)[] {
  switch (key) {
    case 'address':
      return [entry.source, entry.destination];
    case 'port':
      return [String(entry.sourcePort), String(entry.destinationPort)];
    case 'zone':
      return [entry.fromZone, entry.toZone];
    case 'rule':
      return [entry.rule?.id, entry.rule?.name];
    default:
      return [entry[key]];
  }
}

export const isHidden = (entry: Entry, hidden: readonly Hidden[]): boolean =>
  hidden.some(({ key, value }) => valuesOf(entry, key).includes(value));

/** Address of the explain page for the packet of an entry. */
export function explainHref(entry: Entry): string {
  const query = new URLSearchParams({
    interface: entry.ingress ?? '',
    source: entry.source,
    destination: entry.destination,
    protocol: entry.protocol,
    sourcePort: String(entry.sourcePort),
    destinationPort: String(entry.destinationPort),
  });
  return `/explain?${query}`;
}
