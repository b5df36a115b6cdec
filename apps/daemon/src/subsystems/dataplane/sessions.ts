/** The session table as the page and the command line see it. */
import { type Session as Row, sessionCodec, sessionFlag, type Tuple, tcpState, tupleCodec } from '@gatehouse/bpf/abi';
import type { BpfMap } from '@gatehouse/native';
import type { Session, SessionFilter } from '../../api/schemas.ts';
import { translation } from './events.ts';
import { compileFilter } from './filter.ts';
import { formatAddress } from './ip.ts';
import { destinationPort, type Names, protocolName } from './names.ts';
import type { Timeouts } from './plan.ts';
import { ageMs, bootEpochMs, nowTicks, ticksToMs } from './ticks.ts';

const STATES: Record<number, string> = {
  [tcpState.synSent]: 'syn-sent',
  [tcpState.synReceived]: 'syn-received',
  [tcpState.established]: 'established',
  [tcpState.finOrig]: 'fin-initiator',
  [tcpState.finReply]: 'fin-responder',
  [tcpState.closing]: 'closing',
  [tcpState.closed]: 'closed',
};
const ICMP = 1;
const ICMP6 = 58;
const UDP = 17;

/** Idle timeout of a session in ticks: the rule of session_timeout() in bpf/src/tcp_state.h. */
export function timeoutOf(row: Row, protocol: number, timeouts: Timeouts): number {
  switch (row.tcpState) {
    case tcpState.synSent:
    case tcpState.synReceived:
      return timeouts.tcpHandshake;
    case tcpState.established:
      return row.timeout || timeouts.tcpEstablished;
    case tcpState.finOrig:
    case tcpState.finReply:
      return timeouts.tcpHalfClosed;
    case tcpState.closing:
    case tcpState.closed:
      return timeouts.tcpClosing;
  }
  if (row.timeout) return row.timeout;
  if (protocol === UDP) return timeouts.udp;
  return protocol === ICMP || protocol === ICMP6 ? timeouts.icmp : timeouts.other;
}

function stateOf(row: Row): string {
  return STATES[row.tcpState] ?? (row.flags & sessionFlag.replied ? 'replied' : 'unreplied');
}

type Found = { id: bigint; key: Buffer; value: Buffer };

/** Calls back for each session that matches. The row's id stands first, so that paging needs no decoding. */
async function walk(map: BpfMap, names: Names, filter: SessionFilter, onFound: (found: Found) => void): Promise<void> {
  const everything = Object.values(filter).every((value) => value === undefined);
  const matches = compileFilter(filter);
  for await (const { keys, values, count } of map.batches()) {
    const stride = values.length / count;
    for (let i = 0; i < count; i++) {
      const key = keys.subarray(i * tupleCodec.size, (i + 1) * tupleCodec.size);
      const value = values.subarray(i * stride, (i + 1) * stride);
      if (!everything && !matches(flowOf(tupleCodec.decode(key), sessionCodec.decode(value), names))) continue;
      onFound({ id: value.readBigUInt64LE(sessionCodec.offsets.id), key, value });
    }
  }
}

function flowOf(tuple: Tuple, row: Row, names: Names) {
  return {
    tuple,
    reply: row.reply,
    zones: row.zone.map((slot) => names.zone(slot)),
    rules: [row.rule, row.snatRule, row.dnatRule].map((number) => names.ref(number)),
    application: names.ref(row.application),
  };
}

function describe(found: Found, names: Names, timeouts: Timeouts): Session {
  const tuple = tupleCodec.decode(found.key);
  const row = sessionCodec.decode(found.value);
  const now = nowTicks();
  const translated = translation(tuple, row.reply);
  const snat = (row.flags & sessionFlag.snat) !== 0;
  const dnat = (row.flags & sessionFlag.dnat) !== 0;
  const idle = Math.min(...row.half.map((half) => ageMs(half.lastSeen, now)));
  return {
    id: String(row.id),
    protocol: protocolName(tuple.proto),
    source: { address: formatAddress(tuple.src), port: tuple.sport },
    destination: { address: formatAddress(tuple.dst), port: destinationPort(tuple) },
    translatedSource: snat && translated ? { address: translated.source, port: translated.sourcePort } : null,
    translatedDestination:
      dnat && translated ? { address: translated.destination, port: translated.destinationPort } : null,
    fromZone: names.zone(row.zone[0] ?? 0),
    toZone: names.zone(row.zone[1] ?? 0),
    ingress: names.interface(row.iface[0] ?? 0),
    egress: names.interface(row.iface[1] ?? 0),
    rule: names.ref(row.rule),
    sourceNat: names.ref(row.snatRule),
    destinationNat: names.ref(row.dnatRule),
    application: names.ref(row.application)?.name ?? null,
    state: stateOf(row),
    createdAt: Math.round(bootEpochMs() + ticksToMs(row.created)),
    expiresIn: Math.max(0, Math.round((ticksToMs(timeoutOf(row, tuple.proto, timeouts)) - idle) / 1000)),
    packets: [Number(row.half[0]?.packets), Number(row.half[1]?.packets)],
    bytes: [Number(row.half[0]?.bytes), Number(row.half[1]?.bytes)],
  };
}

/**
 * A page of sessions, newest first. The cursor is the id of the last one: ids only grow, so that sessions which come or go between two pages
 * neither repeat nor hide others.
 */
export async function listSessions(
  map: BpfMap,
  names: Names,
  timeouts: Timeouts,
  filter: SessionFilter,
  limit: number,
  cursor: string | null,
): Promise<{ sessions: Session[]; nextCursor: string | null; total: number }> {
  const below = cursor !== null && /^\d{1,19}$/.test(cursor) ? BigInt(cursor) : null;
  let total = 0;
  const found: Found[] = [];
  await walk(map, names, filter, (item) => {
    total++;
    if (below === null || item.id < below) found.push(item);
  });
  found.sort((a, b) => (a.id < b.id ? 1 : -1));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    sessions: page.map((item) => describe(item, names, timeouts)),
    nextCursor: last && found.length > limit ? String(last.id) : null,
    total,
  };
}

/** Keys of the sessions that match. */
export async function sessionKeys(map: BpfMap, names: Names, filter: SessionFilter): Promise<Tuple[]> {
  const keys: Tuple[] = [];
  await walk(map, names, filter, (found) => keys.push(tupleCodec.decode(found.key)));
  return keys;
}

/** Keys of the sessions whose source is translated to one of these addresses (16 bytes, hex). */
export async function sessionsBehind(map: BpfMap, addresses: ReadonlySet<string>): Promise<Tuple[]> {
  const keys: Tuple[] = [];
  for await (const { keys: found, values, count } of map.batches()) {
    const stride = values.length / count;
    for (let i = 0; i < count; i++) {
      const row = sessionCodec.decode(values.subarray(i * stride, (i + 1) * stride));
      if (row.flags & sessionFlag.snat && addresses.has(Buffer.from(row.reply.dst).toString('hex')))
        keys.push(tupleCodec.decode(found.subarray(i * tupleCodec.size, (i + 1) * tupleCodec.size)));
    }
  }
  return keys;
}
