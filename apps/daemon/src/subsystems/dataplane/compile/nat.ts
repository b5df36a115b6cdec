/**
 * NAT rules → rows of the rule sets SNAT and DNAT. A static rule becomes one row of each, before all others: it holds for both directions of
 * opening. A pool serves the families it has addresses of; packets of another family go on to the next rule.
 */
import { l4Slot, type NatRow, natKind } from '@gatehouse/bpf/abi';
import type { Config, Issue } from '@gatehouse/config';
import { type Address, fromBigInt, NO_ADDRESS, parseAddress, parsePrefix, toBigInt } from '../ip.ts';
import { issue } from '../issue.ts';
import type { ObjectKind, Registry } from '../registry.ts';
import type { Family } from './address-set.ts';
import { parsePorts, type Resolver } from './resolve.ts';
import type { Row } from './rows.ts';

export type NatRows = { snat: Row[]; snatValues: NatRow[]; dnat: Row[]; dnatValues: NatRow[] };

/** Source ports of translations to an interface's address: not the well-known ones (RFC 6056 section 3.2). */
const INTERFACE_PORTS = { portFirst: 1024, portLast: 65535 };

type PoolRange = { base: Uint8Array; count: number };
type Pool = { ranges: Map<Family, PoolRange>; portFirst: number; portLast: number };

export function expandNat(config: Config, resolver: Resolver, registry: Registry, issues: Issue[]): NatRows {
  const out: NatRows = { snat: [], snatValues: [], dnat: [], dnatValues: [] };
  expandStatic(config, resolver, registry, out);
  expandSource(config, resolver, registry, issues, out);
  expandDestination(config, resolver, registry, out);
  return out;
}

function numbers(
  registry: Registry,
  kind: ObjectKind,
  rule: { id: string; name: string },
): { rule: number; counter: number } {
  const number = registry.number(kind, rule.id, rule.name);
  return { rule: number, counter: registry.slot('counter', number) };
}

function natRow(values: { rule: number; counter: number; kind: number } & Partial<NatRow>): NatRow {
  return { family: 0, port: 0, portFirst: 0, portLast: 0, count: 0, prefixlen: 0, base: NO_ADDRESS, ...values };
}

function expandStatic(config: Config, resolver: Resolver, registry: Registry, out: NatRows): void {
  for (const rule of config.nat.static) {
    const ids = numbers(registry, 'static-nat', rule);
    if (!rule.enabled) continue;
    const external = parsePrefix(rule.external);
    const internal = parsePrefix(rule.internal);
    const outside = resolver.zones(rule.from);
    const everywhere = resolver.zones(['any']);
    const any = resolver.addresses(['any']);
    const [condition] = resolver.applications(['any']);
    const translate = (base: Uint8Array): NatRow =>
      natRow({ ...ids, kind: natKind.prefix, family: external.family, prefixlen: external.length, base });
    if (!condition) continue;
    out.dnat.push({
      from: outside,
      to: everywhere,
      source: any,
      destination: resolver.sets.intern([external]),
      ...condition,
    });
    out.dnatValues.push(translate(internal.bytes));
    out.snat.push({
      from: everywhere,
      to: outside,
      source: resolver.sets.intern([internal]),
      destination: any,
      ...condition,
    });
    out.snatValues.push(translate(external.bytes));
  }
}

function expandSource(config: Config, resolver: Resolver, registry: Registry, issues: Issue[], out: NatRows): void {
  const pools = new Map<string, Pool>();
  config.nat.pools.forEach((pool, index) => {
    const parsed = parsePool(pool, index, issues);
    if (parsed) pools.set(pool.name, parsed);
  });
  for (const rule of config.nat.source) {
    const ids = numbers(registry, 'source-nat', rule);
    if (!rule.enabled) continue;
    const translation = rule.translation;
    const pool = translation.type === 'pool' ? pools.get(translation.pool) : undefined;
    if (translation.type === 'pool' && !pool) continue; // an issue was raised for the pool
    const from = resolver.zones(rule.from);
    const to = resolver.zones(rule.to);
    const source = resolver.addresses(rule.source);
    const destination = resolver.addresses(rule.destination);
    for (const condition of resolver.applications(rule.application)) {
      const row = { from, to, source, destination, ...condition };
      if (translation.type === 'off') {
        out.snat.push(row);
        out.snatValues.push(natRow({ ...ids, kind: natKind.off }));
      } else if (translation.type === 'interface') {
        out.snat.push(row);
        out.snatValues.push(natRow({ ...ids, kind: natKind.interface, ...INTERFACE_PORTS }));
      } else {
        for (const [family, range] of pool?.ranges ?? []) {
          const ofFamily = resolver.sets.ofFamily(source, family);
          if (ofFamily.prefixes.length === 0) continue;
          const { portFirst, portLast } = pool as Pool;
          out.snat.push({ ...row, source: ofFamily });
          out.snatValues.push(natRow({ ...ids, kind: natKind.pool, family, portFirst, portLast, ...range }));
        }
      }
    }
  }
}

/** First and last address of "a", "a-b" or "a/length". */
function poolRange(text: string): { family: Family; first: bigint; last: bigint } {
  const [low = '', high] = text.split('-');
  if (high !== undefined) {
    const first: Address = parseAddress(low);
    return { family: first.family, first: toBigInt(first.bytes), last: toBigInt(parseAddress(high).bytes) };
  }
  const prefix = parsePrefix(text);
  const first = toBigInt(prefix.bytes);
  return { family: prefix.family, first, last: first + (1n << BigInt(128 - prefix.length)) - 1n };
}

/** The translation picks an address by adding a 32-bit number to the base, so a pool is one run of at most 2^32 - 1 addresses. */
function parsePool(pool: Config['nat']['pools'][number], index: number, issues: Issue[]): Pool | null {
  const path = ['nat', 'pools', index, 'addresses'];
  const byFamily = new Map<Family, { first: bigint; last: bigint }[]>();
  for (const text of pool.addresses) {
    const { family, first, last } = poolRange(text);
    byFamily.set(family, [...(byFamily.get(family) ?? []), { first, last }]);
  }
  const ranges = new Map<Family, PoolRange>();
  for (const [family, parts] of byFamily) {
    parts.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    const run = { ...(parts[0] as { first: bigint; last: bigint }) };
    for (const part of parts.slice(1)) {
      if (part.first > run.last + 1n) {
        issues.push(
          issue(
            path,
            pool.addresses,
            `the IPv${family} addresses of pool "${pool.name}" are not consecutive`,
            'Make one pool of each run of addresses, and a rule for each.',
          ),
        );
        return null;
      }
      if (part.last > run.last) run.last = part.last;
    }
    const count = run.last - run.first + 1n;
    // the base plus the number must not leave the last 32 bits
    const room = (1n << 32n) - (run.first & 0xffffffffn);
    const usable = count < room ? count : room;
    ranges.set(family, { base: fromBigInt(run.first), count: Number(usable > 0xffffffffn ? 0xffffffffn : usable) });
  }
  const ports = parsePorts(pool.ports)[0] as readonly [number, number];
  return { ranges, portFirst: ports[0], portLast: ports[1] };
}

function expandDestination(config: Config, resolver: Resolver, registry: Registry, out: NatRows): void {
  for (const rule of config.nat.destination) {
    const ids = numbers(registry, 'destination-nat', rule);
    if (!rule.enabled) continue;
    const target = parseAddress(rule.translation.address);
    const from = resolver.zones(rule.from);
    const to = resolver.zones(['any']);
    const source = resolver.addresses(rule.source);
    const destination = resolver.sets.ofFamily(resolver.addresses(rule.destination), target.family);
    if (destination.prefixes.length === 0) continue;
    const base = rule.protocol === 'tcp' ? l4Slot.tcp : l4Slot.udp;
    const l4 = parsePorts(rule.port).map(([first, last]) => [first + base, last + base] as const);
    out.dnat.push({ from, to, source, destination, l4, sourcePorts: null });
    out.dnatValues.push(
      natRow({
        ...ids,
        kind: natKind.dest,
        family: target.family,
        port: rule.translation.port ?? 0,
        base: target.bytes,
      }),
    );
  }
}
