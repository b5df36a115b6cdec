/**
 * The plainest possible evaluation of a configuration: rules from top to bottom, every condition looked at on its own. It shares no code with
 * the compiler: addresses are compared as numbers, ports as numbers.
 */
import type { Config } from '@gatehouse/config';

export type Flow = {
  fromZone: string;
  toZone: string;
  source: string;
  destination: string;
  protocol: 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmp6' | number;
  sourcePort: number;
  destinationPort: number;
  icmpType: number;
  icmpCode: number;
};

type Parsed = { family: 4 | 6; value: bigint };

/** By way of the URL parser for IPv6, so that not even the parser is shared. */
export function parse(text: string): Parsed {
  if (!text.includes(':')) {
    const value = text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return { family: 4, value };
  }
  const [head = '', tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const left = groups(head);
  const right = groups(tail);
  const middle = tail === undefined ? [] : Array(8 - left.length - right.length).fill('0');
  const value = [...left, ...middle, ...right].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
  return { family: 6, value };
}

function between(address: Parsed, first: Parsed, last: Parsed): boolean {
  return address.family === first.family && address.value >= first.value && address.value <= last.value;
}

function inPrefix(address: Parsed, text: string): boolean {
  const [base = '', length] = text.split('/');
  const network = parse(base);
  const bits = network.family === 4 ? 32 : 128;
  const size = 1n << BigInt(bits - Number(length ?? bits));
  return address.family === network.family && address.value / size === network.value / size;
}

export function inAddresses(config: Config, names: readonly string[], text: string): boolean {
  const address = parse(text);
  return names.some((name) => {
    if (name === 'any') return true;
    if (name === 'any-ipv4') return address.family === 4;
    if (name === 'any-ipv6') return address.family === 6;
    const object = config.addresses.find((candidate) => candidate.name === name);
    if (object?.type === 'host') return inPrefix(address, object.address);
    if (object?.type === 'prefix') return inPrefix(address, object.prefix);
    if (object?.type === 'range') return between(address, parse(object.from), parse(object.to));
    const group = config.addressGroups.find((candidate) => candidate.name === name);
    return group ? inAddresses(config, group.members, text) : inPrefix(address, name);
  });
}

export function inPorts(text: string | undefined, port: number): boolean {
  if (text === undefined) return true;
  return text.split(',').some((part) => {
    const [first, last = first] = part.split('-').map(Number) as [number, number?];
    return port >= first && port <= (last as number);
  });
}

type Term = Config['applications'][number]['terms'][number];

function inTerm(term: Term, flow: Flow): boolean {
  if (term.protocol !== flow.protocol) return false;
  if (flow.protocol === 'icmp' || flow.protocol === 'icmp6')
    return (
      (term.icmpType === undefined || term.icmpType === flow.icmpType) &&
      (term.icmpCode === undefined || term.icmpCode === flow.icmpCode)
    );
  if (typeof flow.protocol === 'number') return true;
  return inPorts(term.destinationPort, flow.destinationPort) && inPorts(term.sourcePort, flow.sourcePort);
}

export function inApplications(config: Config, names: readonly string[], flow: Flow): boolean {
  return names.some((name) => {
    if (name === 'any') return true;
    const application = config.applications.find((candidate) => candidate.name === name);
    if (application) return application.terms.some((term) => inTerm(term, flow));
    const group = config.applicationGroups.find((candidate) => candidate.name === name);
    return group ? inApplications(config, group.members, flow) : false;
  });
}

const inZones = (names: readonly string[], zone: string) => names.includes('any') || names.includes(zone);

/** Id of the first policy that matches, or null. */
export function firstPolicy(config: Config, flow: Flow): string | null {
  const found = config.policies.find(
    (policy) =>
      policy.enabled &&
      inZones(policy.from, flow.fromZone) &&
      inZones(policy.to, flow.toZone) &&
      inAddresses(config, policy.source, flow.source) &&
      inAddresses(config, policy.destination, flow.destination) &&
      inApplications(config, policy.application, flow),
  );
  return found?.id ?? null;
}

function familyOf(text: string): 4 | 6 {
  return text.includes(':') ? 6 : 4;
}

/** Id of the source NAT or static rule that translates (or exempts) this flow, or null. */
export function firstSourceNat(config: Config, flow: Flow): string | null {
  const fixed = config.nat.static.find(
    (rule) => rule.enabled && inZones(rule.from, flow.toZone) && inPrefix(parse(flow.source), rule.internal),
  );
  if (fixed) return fixed.id;
  const found = config.nat.source.find((rule) => {
    const translation = rule.translation;
    const pool =
      translation.type === 'pool' ? config.nat.pools.find((candidate) => candidate.name === translation.pool) : null;
    return (
      rule.enabled &&
      (!pool || pool.addresses.some((address) => familyOf(address) === familyOf(flow.source))) &&
      inZones(rule.from, flow.fromZone) &&
      inZones(rule.to, flow.toZone) &&
      inAddresses(config, rule.source, flow.source) &&
      inAddresses(config, rule.destination, flow.destination) &&
      inApplications(config, rule.application, flow)
    );
  });
  return found?.id ?? null;
}

/** Id of the destination NAT or static rule that translates this flow, or null. */
export function firstDestinationNat(config: Config, flow: Flow): string | null {
  const fixed = config.nat.static.find(
    (rule) => rule.enabled && inZones(rule.from, flow.fromZone) && inPrefix(parse(flow.destination), rule.external),
  );
  if (fixed) return fixed.id;
  const found = config.nat.destination.find(
    (rule) =>
      rule.enabled &&
      rule.protocol === flow.protocol &&
      inPorts(rule.port, flow.destinationPort) &&
      familyOf(rule.translation.address) === familyOf(flow.destination) &&
      inZones(rule.from, flow.fromZone) &&
      inAddresses(config, rule.source, flow.source) &&
      inAddresses(config, rule.destination, flow.destination),
  );
  return found?.id ?? null;
}
