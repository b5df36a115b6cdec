/** What the procedures take and give. Everything is strict: unknown fields are refused. Times are milliseconds since 1970, bytes are numbers. */
import { z } from 'zod';

export const revision = z.string().regex(/^[0-9a-f]{64}$/);
export const nullable = <T extends z.ZodType>(schema: T) => schema.nullable();

export const issueSchema = z.strictObject({
  path: z.array(z.union([z.string(), z.number()])),
  pointer: z.string(),
  value: z.unknown().optional(),
  message: z.string(),
  remedy: z.string(),
  severity: z.enum(['error', 'warning']),
});

export const userSchema = z.strictObject({
  name: z.string(),
  role: z.enum(['administrator', 'operator', 'read-only']),
});
export const loginSchema = z.strictObject({ token: z.string(), expiresAt: z.number(), user: userSchema });

export const certificateSchema = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  names: z.string(),
  validFrom: z.number(),
  validTo: z.number(),
  fingerprint: z.string(),
  own: z.boolean(),
});

export const pendingSchema = z.strictObject({
  transaction: z.string(),
  base: nullable(revision),
  revision,
  /** null: the commit is being applied and takes effect without a window. */
  deadline: nullable(z.number()),
  actor: z.string(),
  startedAt: z.number(),
});
export const stateSchema = z.strictObject({
  running: nullable(revision),
  boot: nullable(revision),
  pending: nullable(pendingSchema),
  generation: z.number(),
  serverTime: z.number(),
});
export type CommitState = z.output<typeof stateSchema>;

export const historyEntry = z.strictObject({ revision, time: z.number(), actor: z.string(), message: z.string() });

export const interfaceSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  mac: nullable(z.string()),
  up: z.boolean(),
  carrier: z.boolean(),
  mtu: z.number(),
  /** Mbit/s. */
  speed: nullable(z.number()),
  driver: nullable(z.string()),
  queues: nullable(z.strictObject({ rx: z.number(), tx: z.number() })),
  addresses: z.array(z.string()),
  zone: nullable(z.string()),
  configured: z.boolean(),
  mode: nullable(z.enum(['xdp-native', 'xdp-generic', 'tcx'])),
  counters: z.strictObject({
    rxPackets: z.number(),
    rxBytes: z.number(),
    txPackets: z.number(),
    txBytes: z.number(),
    drops: z.number(),
  }),
});

const namedCounter = z.strictObject({ name: z.string(), packets: z.number(), bytes: z.number() });
const portCounter = z.strictObject({
  name: z.string(),
  rxPackets: z.number(),
  rxBytes: z.number(),
  txPackets: z.number(),
  txBytes: z.number(),
  drops: z.number(),
});
export const countersSchema = z.strictObject({
  time: z.number(),
  totals: z.record(z.string(), z.number()),
  reasons: z.array(namedCounter),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.string(),
      hits: z.number(),
      packets: z.number(),
      bytes: z.number(),
      lastHit: nullable(z.number()),
    }),
  ),
  zones: z.array(portCounter),
  interfaces: z.array(portCounter),
  sessions: z.strictObject({ active: z.number(), limit: z.number() }),
});
export type Counters = z.output<typeof countersSchema>;

export const sessionFilter = z.strictObject({
  source: z.string().max(64).optional(),
  destination: z.string().max(64).optional(),
  port: z.int().min(0).max(65535).optional(),
  protocol: z.string().max(16).optional(),
  zone: z.string().max(64).optional(),
  rule: z.string().max(128).optional(),
  application: z.string().max(64).optional(),
});
export type SessionFilter = z.output<typeof sessionFilter>;

const end = z.strictObject({ address: z.string(), port: z.number() });
const objectRef = z.strictObject({ type: z.string(), id: z.string(), name: z.string() });
const ruleRef = z.strictObject({ id: z.string(), name: z.string() });
export const sessionSchema = z.strictObject({
  id: z.string(),
  protocol: z.string(),
  source: end,
  destination: end,
  /** As the responder sees it. */
  translatedSource: nullable(end),
  translatedDestination: nullable(end),
  fromZone: nullable(z.string()),
  toZone: nullable(z.string()),
  ingress: nullable(z.string()),
  egress: nullable(z.string()),
  rule: nullable(ruleRef),
  sourceNat: nullable(ruleRef),
  destinationNat: nullable(ruleRef),
  application: nullable(z.string()),
  state: z.string(),
  createdAt: z.number(),
  /** Seconds until it ends when nothing more comes. */
  expiresIn: z.number(),
  packets: z.tuple([z.number(), z.number()]),
  bytes: z.tuple([z.number(), z.number()]),
});
export type Session = z.output<typeof sessionSchema>;

export const logFilter = z.strictObject({
  kind: z.enum(['open', 'close', 'drop']).optional(),
  address: z.string().max(64).optional(),
  source: z.string().max(64).optional(),
  destination: z.string().max(64).optional(),
  port: z.int().min(0).max(65535).optional(),
  protocol: z.string().max(16).optional(),
  zone: z.string().max(64).optional(),
  rule: z.string().max(128).optional(),
  reason: z.string().max(64).optional(),
});
export type LogFilter = z.output<typeof logFilter>;

export const logEntry = z.strictObject({
  id: z.string(),
  time: z.number(),
  kind: z.enum(['open', 'close', 'drop']),
  source: z.string(),
  destination: z.string(),
  sourcePort: z.number(),
  destinationPort: z.number(),
  protocol: z.string(),
  translated: nullable(
    z.strictObject({
      source: z.string(),
      sourcePort: z.number(),
      destination: z.string(),
      destinationPort: z.number(),
    }),
  ),
  ingress: nullable(z.string()),
  egress: nullable(z.string()),
  fromZone: nullable(z.string()),
  toZone: nullable(z.string()),
  rule: nullable(ruleRef),
  natRule: nullable(ruleRef),
  reason: nullable(z.string()),
  reasonText: nullable(z.string()),
  /** Revision of the configuration that decided. */
  revision: nullable(z.string()),
  application: nullable(z.string()),
  session: nullable(z.string()),
  length: nullable(z.number()),
  packets: z.tuple([z.number(), z.number()]).optional(),
  bytes: z.tuple([z.number(), z.number()]).optional(),
  durationMs: z.number().optional(),
  logged: z.boolean(),
});
export type LogEntry = z.output<typeof logEntry>;

export const packetSchema = z.strictObject({
  interface: z.string().max(32),
  vlan: z.int().min(0).max(4094).optional(),
  source: z.string().max(64),
  destination: z.string().max(64),
  protocol: z.union([z.enum(['tcp', 'udp', 'icmp', 'icmp6', 'sctp']), z.int().min(0).max(255)]),
  sourcePort: z.int().min(0).max(65535).optional(),
  destinationPort: z.int().min(0).max(65535).optional(),
  icmpType: z.int().min(0).max(255).optional(),
  icmpCode: z.int().min(0).max(255).optional(),
  /** Any of S, A, F, R, P, U. */
  tcpFlags: z.string().max(6).optional(),
  /** Network-layer bytes. */
  length: z.int().min(20).max(9000).optional(),
  ttl: z.int().min(0).max(255).optional(),
});
export type PacketDescription = z.output<typeof packetSchema>;

const addressing = z.strictObject({
  source: z.string(),
  destination: z.string(),
  sourcePort: z.number(),
  destinationPort: z.number(),
});
export const explanationSchema = z.strictObject({
  verdict: z.enum(['forward', 'host', 'drop', 'reject']),
  reason: nullable(z.string()),
  rule: nullable(ruleRef),
  natRules: z.array(ruleRef),
  translated: nullable(addressing),
  egress: nullable(z.strictObject({ interface: z.string(), nextHopMac: nullable(z.string()) })),
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      title: z.string(),
      outcome: z.string(),
      detail: z.string(),
      object: nullable(objectRef),
      packet: addressing,
    }),
  ),
});
export type Explanation = z.output<typeof explanationSchema>;

export const statusSchema = z.strictObject({
  version: z.string(),
  startedAt: z.number(),
  subsystems: z.array(
    z.strictObject({ name: z.string(), state: z.enum(['ok', 'degraded', 'failed']), message: z.string() }),
  ),
  generation: z.number(),
  lostEvents: z.number(),
});
export type Status = z.output<typeof statusSchema>;
