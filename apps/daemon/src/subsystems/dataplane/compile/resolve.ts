/** Names of the configuration → prefixes, layer-4 slots and zone slots. The configuration was checked: every name exists, groups have no cycles. */
import { l4Slot } from '@gatehouse/bpf/abi';
import type { Config } from '@gatehouse/config';
import { parseAddress, parsePrefix, rangeToPrefixes } from '../ip.ts';
import { type AddressSet, AddressSets, ANY_IPV4, ANY_IPV6, type Prefix } from './address-set.ts';
import { type Interval, type IntervalSet, normalize } from './intervals.ts';

export type ApplicationTerm = {
  protocol: 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmp6' | number;
  destinationPort?: string;
  sourcePort?: string;
  icmpType?: number;
  icmpCode?: number;
};

export type Application = { id: string; name: string; terms: ApplicationTerm[]; inactivityTimeout?: number };

/** One cross product of layer-4 conditions. */
export type Layer4Condition = { l4: IntervalSet; sourcePorts: IntervalSet | null };

export const ANY_L4: IntervalSet = [[0, l4Slot.slots - 1]];

const PORT_BASE: Record<string, number> = { tcp: l4Slot.tcp, udp: l4Slot.udp, sctp: l4Slot.sctp };
const NAMED: Record<number, 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmp6'> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp6',
  132: 'sctp',
};

/** "80", "80-90" or "80,443" → intervals. */
export function parsePorts(text: string): IntervalSet {
  return normalize(
    text.split(',').map((part): Interval => {
      const [first = '', last = first] = part.trim().split('-');
      return [Number(first), Number(last)];
    }),
  );
}

function shift(set: IntervalSet, base: number): IntervalSet {
  return set.map(([first, last]) => [first + base, last + base]);
}

/** The layer-4 slots of a term, its source ports aside. */
export function slotsOfTerm(term: ApplicationTerm): IntervalSet {
  const protocol = typeof term.protocol === 'number' ? (NAMED[term.protocol] ?? term.protocol) : term.protocol;
  if (typeof protocol === 'number') return [[l4Slot.proto + protocol, l4Slot.proto + protocol]];
  if (protocol === 'icmp' || protocol === 'icmp6') {
    const base = protocol === 'icmp' ? l4Slot.icmp : l4Slot.icmp6;
    if (term.icmpType === undefined) return [[base, base + 0xffff]];
    const first = base + term.icmpType * 256 + (term.icmpCode ?? 0);
    return [[first, term.icmpCode === undefined ? first + 255 : first]];
  }
  const base = PORT_BASE[protocol] as number;
  return shift(term.destinationPort === undefined ? [[0, 65535]] : parsePorts(term.destinationPort), base);
}

function sourcePortsOfTerm(term: ApplicationTerm): IntervalSet | null {
  if (term.sourcePort === undefined) return null;
  const udp = term.protocol === 'udp' || term.protocol === 17;
  return shift(parsePorts(term.sourcePort), udp ? 65536 : 0);
}

/**
 * Terms → conditions. A term with source ports is a condition of its own, because its source and destination ports belong together; all
 * others are one.
 */
export function conditionsOf(terms: readonly ApplicationTerm[]): Layer4Condition[] {
  const plain: Interval[] = [];
  const bound = new Map<string, { intervals: Interval[]; sourcePorts: IntervalSet }>();
  for (const term of terms) {
    const sourcePorts = sourcePortsOfTerm(term);
    if (sourcePorts === null) {
      plain.push(...slotsOfTerm(term));
      continue;
    }
    const key = JSON.stringify(sourcePorts);
    const known = bound.get(key);
    if (known) known.intervals.push(...slotsOfTerm(term));
    else bound.set(key, { intervals: [...slotsOfTerm(term)], sourcePorts });
  }
  const result: Layer4Condition[] = [];
  if (plain.length > 0) result.push({ l4: normalize(plain), sourcePorts: null });
  for (const { intervals, sourcePorts } of bound.values()) result.push({ l4: normalize(intervals), sourcePorts });
  return result;
}

export class Resolver {
  readonly sets = new AddressSets();
  readonly #addresses = new Map<string, readonly Prefix[]>();
  readonly #applications = new Map<string, readonly ApplicationTerm[]>();
  readonly #groups: Map<string, readonly string[]>;
  readonly #applicationGroups: Map<string, readonly string[]>;
  readonly #objects: Map<string, Config['addresses'][number]>;
  readonly #sets = new Map<string, AddressSet>();
  readonly #conditions = new Map<string, Layer4Condition[]>();
  readonly #zoneSlots: Map<string, number>;

  /**
   * @param catalogue predefined applications; one of the configuration with the same name wins
   * @param zoneSlots zone name → slot
   */
  constructor(config: Config, catalogue: readonly Application[], zoneSlots: Map<string, number>) {
    this.#objects = new Map(config.addresses.map((object) => [object.name, object]));
    this.#groups = new Map(config.addressGroups.map((group) => [group.name, group.members]));
    this.#applicationGroups = new Map(config.applicationGroups.map((group) => [group.name, group.members]));
    this.#zoneSlots = zoneSlots;
    for (const application of [...catalogue, ...config.applications])
      this.#applications.set(application.name, application.terms as ApplicationTerm[]);
  }

  /** Zone names → slots; "any" = all zones of the configuration. */
  zones(names: readonly string[]): number[] {
    if (names.includes('any')) return [...this.#zoneSlots.values()];
    return names.map((name) => must(this.#zoneSlots.get(name), 'zone', name));
  }

  /** The set of all addresses that these names and literals mean. */
  addresses(names: readonly string[]): AddressSet {
    const key = names.join('\n');
    let set = this.#sets.get(key);
    if (!set) {
      set = this.sets.intern(names.flatMap((name) => this.#prefixes(name)));
      this.#sets.set(key, set);
    }
    return set;
  }

  #prefixes(name: string): readonly Prefix[] {
    const known = this.#addresses.get(name);
    if (known) return known;
    const prefixes = this.#resolve(name);
    this.#addresses.set(name, prefixes);
    return prefixes;
  }

  #resolve(name: string): readonly Prefix[] {
    if (name === 'any') return [ANY_IPV4, ANY_IPV6];
    if (name === 'any-ipv4') return [ANY_IPV4];
    if (name === 'any-ipv6') return [ANY_IPV6];
    const object = this.#objects.get(name);
    if (object?.type === 'host') return [parsePrefix(object.address)];
    if (object?.type === 'prefix') return [parsePrefix(object.prefix)];
    if (object?.type === 'range') return rangeToPrefixes(parseAddress(object.from), parseAddress(object.to));
    const members = this.#groups.get(name);
    if (members) return members.flatMap((member) => this.#prefixes(member));
    return [parsePrefix(name)];
  }

  /** The layer-4 conditions that these application names mean; more than one when terms name source ports. */
  applications(names: readonly string[]): Layer4Condition[] {
    if (names.includes('any')) return ANY_CONDITION;
    const key = names.join('\n');
    let conditions = this.#conditions.get(key);
    if (!conditions) {
      conditions = conditionsOf(names.flatMap((name) => this.#terms(name)));
      this.#conditions.set(key, conditions);
    }
    return conditions;
  }

  #terms(name: string): readonly ApplicationTerm[] {
    const terms = this.#applications.get(name);
    if (terms) return terms;
    return must(this.#applicationGroups.get(name), 'application', name).flatMap((member) => this.#terms(member));
  }
}

const ANY_CONDITION: Layer4Condition[] = [{ l4: ANY_L4, sourcePorts: null }];

function must<T>(value: T | undefined, what: string, name: string): T {
  if (value === undefined) throw new Error(`the ${what} "${name}" does not exist: the configuration was not checked`);
  return value;
}
