/** Names → what they mean, groups expanded. Callers have checked the configuration; unknown names and cycles are passed over. */
import { type ApplicationTerm, predefinedApplications } from './applications.ts';
import type { Config } from './schema.ts';
import { type Family, firstOf, lastOf, parseCidr, parseIp, parseLiteral } from './values.ts';

export type Span = { family: Family; first: bigint; last: bigint };

const ANY4: Span = { family: 4, first: 0n, last: (1n << 32n) - 1n };
const ANY6: Span = { family: 6, first: 0n, last: (1n << 128n) - 1n };

function spanOfAddress(item: Config['addresses'][number]): Span | null {
  if (item.type === 'host') return parseLiteral(item.address);
  if (item.type === 'range') return parseLiteral(`${item.from}-${item.to}`);
  const prefix = parseCidr(item.prefix);
  return prefix && { family: prefix.family, first: firstOf(prefix), last: lastOf(prefix) };
}

/** Spans of addresses that a source or destination list means. */
export function resolveAddresses(config: Config, entries: readonly string[]): Span[] {
  const spans: Span[] = [];
  const visit = (entry: string, trail: ReadonlySet<string>): void => {
    if (entry === 'any' || entry === 'any-ipv4') spans.push(ANY4);
    if (entry === 'any' || entry === 'any-ipv6') spans.push(ANY6);
    if (trail.has(entry)) return;
    const object = config.addresses.find((item) => item.name === entry);
    const group = config.addressGroups.find((item) => item.name === entry);
    const span = object ? spanOfAddress(object) : group ? null : parseLiteral(entry);
    if (span) spans.push(span);
    for (const member of group?.members ?? []) visit(member, new Set([...trail, entry]));
  };
  for (const entry of entries) visit(entry, new Set());
  return spans;
}

export function familiesOf(config: Config, entries: readonly string[]): Set<Family> {
  return new Set(resolveAddresses(config, entries).map((span) => span.family));
}

/** Terms that an application list means; null = any. */
export function resolveApplications(config: Config, names: readonly string[]): ApplicationTerm[] | null {
  if (names.includes('any')) return null;
  const terms: ApplicationTerm[] = [];
  const visit = (name: string, trail: ReadonlySet<string>): void => {
    if (trail.has(name)) return;
    const group = config.applicationGroups.find((item) => item.name === name);
    if (group) for (const member of group.members) visit(member, new Set([...trail, name]));
    else
      terms.push(
        ...([...config.applications, ...predefinedApplications].find((item) => item.name === name)?.terms ?? []),
      );
  };
  for (const name of names) visit(name, new Set());
  return terms;
}

/** The zone of an interface, if any. */
export function zoneOfInterface(config: Config, name: string): Config['zones'][number] | undefined {
  return config.zones.find((zone) => zone.interfaces.includes(name));
}

/** Does the zone of this interface admit the management page? */
export function admitsPage(config: Config, name: string): boolean {
  const services = zoneOfInterface(config, name)?.hostInbound ?? [];
  return services.includes('web') || services.includes('all');
}

/** Does a list contain this address? */
export function matchesAddress(config: Config, entries: readonly string[], address: string): boolean {
  const ip = parseIp(address);
  return (
    !!ip &&
    resolveAddresses(config, entries).some(
      (span) => span.family === ip.family && ip.value >= span.first && ip.value <= span.last,
    )
  );
}
