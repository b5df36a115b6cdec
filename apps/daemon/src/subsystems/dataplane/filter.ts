/** Filters of the session table and of the log, compiled into one test per record. */
import type { Tuple } from '@gatehouse/bpf/abi';
import { PrepareError } from '../subsystem.ts';
import { covers, type Prefix } from './compile/address-set.ts';
import { isMapped, parsePrefix } from './ip.ts';
import { issue } from './issue.ts';
import { protocolNumber, type Ref } from './names.ts';

export type FlowFilter = {
  /** Either side. */
  address?: string | undefined;
  source?: string | undefined;
  destination?: string | undefined;
  /** Either side. */
  port?: number | undefined;
  protocol?: string | undefined;
  /** Either side. */
  zone?: string | undefined;
  /** Id or name of a policy or NAT rule. */
  rule?: string | undefined;
  application?: string | undefined;
};

/** What a filter looks at. `reply` carries the addresses after translation. */
export type Flow = {
  tuple: Tuple;
  reply: Tuple | null;
  zones: readonly (string | null)[];
  rules: readonly (Ref | null)[];
  application: Ref | null;
};

function refuse(field: string, value: string, what: string, remedy: string): never {
  throw new PrepareError([issue(['filter', field], value, what, remedy)]);
}

function prefixOf(field: string, text: string | undefined): Prefix | null {
  if (text === undefined) return null;
  try {
    return parsePrefix(text);
  } catch {
    return refuse(
      field,
      text,
      `"${text}" is no address or prefix`,
      'Write an address, or a prefix such as 10.0.0.0/8.',
    );
  }
}

const contains = (prefix: Prefix, address: Uint8Array): boolean =>
  covers(prefix, { family: isMapped(address) ? 4 : 6, bytes: address, length: 128 });

/**
 * The test for a filter; an empty filter takes everything.
 * @throws PrepareError naming the field that can not be understood
 */
export function compileFilter(filter: FlowFilter): (flow: Flow) => boolean {
  const { port, zone, rule, application } = filter;
  const either = prefixOf('address', filter.address);
  const source = prefixOf('source', filter.source);
  const destination = prefixOf('destination', filter.destination);
  const protocol = filter.protocol === undefined ? undefined : protocolNumber(filter.protocol);
  if (filter.protocol !== undefined && protocol === undefined)
    refuse('protocol', filter.protocol, 'is no protocol', 'Write tcp, udp, icmp, icmp6 or a number from 0 to 255.');
  const names = (ref: Ref | null, wanted: string) => ref !== null && (ref.id === wanted || ref.name === wanted);
  return ({ tuple, reply, zones, rules, application: app }) =>
    (protocol === undefined || tuple.proto === protocol) &&
    (port === undefined || [tuple, reply].some((side) => side && (side.sport === port || side.dport === port))) &&
    (!source || contains(source, tuple.src) || (!!reply && contains(source, reply.dst))) &&
    (!destination || contains(destination, tuple.dst) || (!!reply && contains(destination, reply.src))) &&
    (!either || [tuple, reply].some((side) => side && (contains(either, side.src) || contains(either, side.dst)))) &&
    (zone === undefined || zones.includes(zone)) &&
    (rule === undefined || rules.some((ref) => names(ref, rule))) &&
    (application === undefined || names(app, application));
}
