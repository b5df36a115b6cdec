/** What the procedures need from the rest of the daemon. The router knows only these types. */
import type { Config, Issue } from '@gatehouse/config';
import type { InterfaceFact } from '../subsystems/subsystem.ts';
import type { Lease } from './dhcp-schemas.ts';
import type {
  CommitState,
  Counters,
  Explanation,
  LogEntry,
  LogFilter,
  PacketDescription,
  Session,
  SessionFilter,
} from './schemas.ts';

export type InterfaceMode = 'xdp-native' | 'xdp-generic' | 'tcx' | null;

/** The dataplane's services beside its part in transactions. All of them work on what runs now. */
export type DataplaneServices = {
  /** Number of the generation that packets go through; 0 before the first commit. */
  generation(): number;
  lostEvents(): number;
  counters(): Promise<Counters>;
  /** How a device is attached, by name. */
  interfaceModes(): Promise<Map<string, InterfaceMode>>;
  listSessions(
    filter: SessionFilter,
    limit: number,
    cursor: string | null,
  ): Promise<{ sessions: Session[]; nextCursor: string | null; total: number }>;
  /** Closes all sessions that match; the number of closed ones. */
  clearSessions(filter: SessionFilter): Promise<number>;
  /** Newest first. */
  recentEvents(filter: LogFilter, limit: number): LogEntry[];
  /** Calls back for the entries behind `after` (null = only new ones) and for each new one; returns the way to stop. */
  watchEvents(filter: LogFilter, after: string | null, onEntry: (entry: LogEntry) => void): () => void;
  /** `candidate`: null = the running configuration. Throws an Error with a clear message for a packet that can not be. */
  explain(packet: PacketDescription, candidate: Config | null): Promise<Explanation>;
  /** The network changed: addresses of the box, routes, neighbours, links. Keeps local_addrs and the FIB epoch. */
  networkChanged(interfaces: InterfaceFact[]): Promise<void>;
  /** Begins sweeping and reading events. */
  start(): Promise<void>;
  /** Ends them; packets go on being forwarded. */
  stop(): Promise<void>;
};

/** What the DHCP server knows of its clients. */
export type DhcpServices = {
  leases(): Promise<Lease[]>;
  /** Ends a lease; false when the address is not leased. */
  release(address: string): Promise<boolean>;
  /** Calls back when leases may have changed; returns the way to stop. */
  watch(onChange: () => void): () => void;
};

export type CheckResult = { ok: boolean; issues: Issue[]; revision?: string; summary?: string };

export type CommitRequest = {
  config: unknown;
  base: string | null;
  confirmSeconds?: number;
  message?: string;
  actor: string;
};

export type HistoryEntry = { revision: string; time: number; actor: string; message: string };

/** The commit engine. */
export type EngineServices = {
  running(): { revision: string; config: Config } | null;
  /** What a restart comes up with: not what runs, while that is under Test. */
  kept(): { revision: string; config: Config } | null;
  state(): CommitState;
  /** Calls back on every change of the state; returns the way to stop. */
  watch(onChange: () => void): () => void;
  check(config: unknown): Promise<CheckResult>;
  commit(request: CommitRequest): Promise<{ transaction: string; revision: string; deadline: number | null }>;
  confirm(transaction: string | null, actor: string): Promise<void>;
  revert(transaction: string | null, actor: string): Promise<void>;
  extend(transaction: string, seconds: number, actor: string): Promise<{ deadline: number }>;
  rollback(
    target: { steps?: number; revision?: string },
    confirmSeconds: number | undefined,
    actor: string,
  ): Promise<{ transaction: string; revision: string; deadline: number | null }>;
  history(): HistoryEntry[];
  get(revision: string): Config | null;
};

export type BlockListState = {
  name: string;
  names: number;
  /** Lines that were not understood. */
  skipped: number;
  /** The limit of names was reached. */
  cut: boolean;
  /** Milliseconds since 1970; null: never fetched. */
  fetchedAt: number | null;
  error: string | null;
};

/** The resolver beside its part in transactions. */
export type DnsServices = {
  /** Null while the box does not resolve. */
  readonly resolver: object | null;
  readonly control: {
    statistics(): Promise<{ queries: number; cacheHits: number; cacheMisses: number; bogus: number }>;
    forwards(): Promise<{ zone: string; servers: string[] }[]>;
    /** Null: everything. */
    flush(name: string | null): Promise<void>;
  };
  readonly lists: { states(): BlockListState[] };
};

export type SourceState = 'selected' | 'combined' | 'not combined' | 'falseticker' | 'unstable' | 'unusable';
export type TimeSource = {
  name: string;
  state: SourceState;
  stratum: number;
  /** Which of the last eight queries were answered, as bits. */
  reach: number;
  /** Seconds since the last answer, null when there was none. */
  lastAnswer: number | null;
  /** Seconds that the box's clock differs. */
  offset: number;
};
export type Tracking = { synchronised: boolean; source: string; stratum: number; offset: number; frequencyPpm: number };

/** The clock beside its part in transactions. */
export type NtpServices = {
  readonly enabled: boolean;
  readonly control: { tracking(): Promise<Tracking>; sources(): Promise<TimeSource[]> };
};
