/** Events of the pipeline as log entries: the last ones in memory, new ones to whoever watches. */
import { type Event, eventCodec, eventKind, type Tuple } from '@gatehouse/bpf/abi';
import { type BpfMap, RingBuffer } from '@gatehouse/native';
import type { LogEntry, LogFilter } from '../../api/schemas.ts';
import { compileFilter, type Flow } from './filter.ts';
import { formatAddress } from './ip.ts';
import { closeReasonOf, destinationPort, dropReason, type Names, protocolName } from './names.ts';
import { bootEpochMs, ticksToMs } from './ticks.ts';

/** Entries kept for the page; the whole log belongs to a collector. */
const KEPT = 10_000;

const KINDS: Record<number, LogEntry['kind']> = {
  [eventKind.open]: 'open',
  [eventKind.close]: 'close',
  [eventKind.drop]: 'drop',
};

type Kept = { entry: LogEntry; flow: Flow };
type Test = (kept: Kept) => boolean;

/** The addresses that the responder sees, or null without translation. */
export function translation(tuple: Tuple, reply: Tuple): LogEntry['translated'] {
  const changed =
    Buffer.compare(reply.dst, tuple.src) !== 0 ||
    Buffer.compare(reply.src, tuple.dst) !== 0 ||
    reply.dport !== tuple.sport ||
    reply.sport !== tuple.dport;
  if (!changed) return null;
  return {
    source: formatAddress(reply.dst),
    sourcePort: reply.dport,
    destination: formatAddress(reply.src),
    destinationPort: reply.sport,
  };
}

export function compileLogFilter(filter: LogFilter): Test {
  const { kind, reason, ...flow } = filter;
  const matches = compileFilter(flow);
  return (kept) =>
    (kind === undefined || kept.entry.kind === kind) &&
    (reason === undefined || kept.entry.reason === reason) &&
    matches(kept.flow);
}

export class EventLog {
  readonly #names: Names;
  /** Entry ids are unique over restarts: the daemon's start, then a sequence. */
  readonly #epoch = Date.now().toString(36);
  #sequence = 0;
  #kept: Kept[] = [];
  readonly #watchers = new Set<(kept: Kept) => void>();
  #ring: RingBuffer | null = null;
  #lostBefore = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Begins reading a ring buffer, instead of the one that was read before. */
  read(map: BpfMap): void {
    this.stop();
    this.#ring = new RingBuffer(map, (records) => {
      for (const record of records) this.#take(eventCodec.decode(record));
    });
  }

  stop(): void {
    this.#lostBefore += this.#ring?.lost ?? 0;
    this.#ring?.close();
    this.#ring = null;
  }

  /** Events that came and were not taken in time. */
  get lost(): number {
    return this.#lostBefore + (this.#ring?.lost ?? 0);
  }

  #take(event: Event): void {
    const kept = { entry: this.#entryOf(event), flow: this.#flowOf(event) };
    this.#kept.push(kept);
    // in steps, so that the array is not copied for every event
    if (this.#kept.length > KEPT * 1.25) this.#kept = this.#kept.slice(-KEPT);
    for (const watcher of this.#watchers) watcher(kept);
  }

  #flowOf(event: Event): Flow {
    const { rule, snatRule, dnatRule, application, zone } = event;
    return {
      tuple: event.tuple,
      reply: event.kind === eventKind.drop ? null : event.reply,
      zones: zone.map((slot) => this.#names.zone(slot)),
      rules: [rule, snatRule, dnatRule].map((number) => this.#names.ref(number)),
      application: this.#names.ref(application),
    };
  }

  #entryOf(event: Event): LogEntry {
    const { tuple } = event;
    const names = this.#names;
    const kind = KINDS[event.kind] ?? 'drop';
    const reason = kind === 'drop' ? dropReason(event.reason) : kind === 'close' ? closeReasonOf(event.reason) : null;
    const base: LogEntry = {
      id: `${this.#epoch}-${++this.#sequence}`,
      time: Math.round(bootEpochMs() + Number(event.time / 1000n) / 1000),
      kind,
      source: formatAddress(tuple.src),
      destination: formatAddress(tuple.dst),
      sourcePort: tuple.sport,
      destinationPort: destinationPort(tuple),
      protocol: protocolName(tuple.proto),
      translated: kind === 'drop' ? null : translation(tuple, event.reply),
      ingress: names.interface(event.iface[0] ?? 0),
      egress: names.interface(event.iface[1] ?? 0),
      fromZone: names.zone(event.zone[0] ?? 0),
      toZone: names.zone(event.zone[1] ?? 0),
      rule: names.ref(event.rule),
      natRule: names.ref(event.dnatRule) ?? names.ref(event.snatRule),
      reason: reason?.name ?? null,
      reasonText: reason?.text ?? null,
      revision: names.revision(event.revision),
      application: names.ref(event.application)?.name ?? null,
      session: event.session === 0n ? null : String(event.session),
      length: kind === 'drop' ? event.length : null,
      logged: event.log !== 0,
    };
    if (kind !== 'close') return base;
    return {
      ...base,
      packets: [Number(event.packets[0]), Number(event.packets[1])],
      bytes: [Number(event.bytes[0]), Number(event.bytes[1])],
      durationMs: Math.round(ticksToMs(event.duration)),
    };
  }

  /** Newest first. */
  recent(filter: LogFilter, limit: number): LogEntry[] {
    const matches = compileLogFilter(filter);
    const found: LogEntry[] = [];
    for (let i = this.#kept.length - 1; i >= 0 && found.length < limit; i--) {
      const kept = this.#kept[i] as Kept;
      if (matches(kept)) found.push(kept.entry);
    }
    return found;
  }

  /**
   * Calls back for new entries; with `after`, first for the kept ones behind that id: a reader who was away misses nothing. An id that is
   * not kept (any more) means all of them. Returns the way to stop.
   */
  watch(filter: LogFilter, after: string | null, onEntry: (entry: LogEntry) => void): () => void {
    const matches = compileLogFilter(filter);
    const watcher = (kept: Kept) => {
      if (matches(kept)) onEntry(kept.entry);
    };
    if (after !== null)
      for (const kept of this.#kept.slice(this.#kept.findLastIndex(({ entry }) => entry.id === after) + 1))
        watcher(kept);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
