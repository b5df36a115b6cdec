/**
 * The one shape of all subsystems. A transaction over a list of subsystems runs:
 *   plan all → prepare all → (failure: release in reverse, nothing changed) → apply in order → verify all →
 *   (failure: undo in reverse, then release) → record → settle all when the commit is kept.
 * Everything here is called by one transaction at a time; a subsystem needs no lock of its own against other transactions.
 */
import type { Config, Issue } from '@gatehouse/config';

/** One address of a network device, as the kernel reports it. */
export type AddressFact = {
  family: 4 | 6;
  /** Text form without prefix length, e.g. "192.0.2.1". */
  address: string;
  prefixLength: number;
  /** IPv4 broadcast address of the network, when the kernel has one. */
  broadcast?: string;
  scope: 'global' | 'link' | 'host' | 'site';
  /** A client on this box put it there (DHCP, SLAAC): it has a lifetime, or brings its own routes. */
  given?: boolean;
};

/** One network device of the namespace, as the kernel reports it. */
export type InterfaceFact = {
  name: string;
  ifindex: number;
  /** rtnetlink kind: "ethernet" for devices without one, else "vlan", "veth", "tun", "bridge", ... */
  kind: string;
  /** "aa:bb:cc:dd:ee:ff", or null for devices without an Ethernet header. */
  mac: string | null;
  /** Administratively up. */
  up: boolean;
  carrier: boolean;
  mtu: number;
  /** Parent device of a VLAN. */
  parentIndex?: number;
  vlanId?: number;
  addresses: AddressFact[];
};

/** What plan() and apply() may know about the machine. */
export type Facts = {
  interfaces: InterfaceFact[];
  /** A configuration that was kept must come up with what there is: a device that is missing is a warning, not a refusal. */
  lenient?: boolean;
};

export type PlanResult<Plan> = { ok: true; plan: Plan; warnings: Issue[] } | { ok: false; issues: Issue[] };

/** Takes back what one apply() did. Called at most once; must not throw half-way without having tried every step. */
export type Undo = () => Promise<void>;

export type SubsystemStatus = { name: string; state: 'ok' | 'degraded' | 'failed'; message: string };

/** A difference between the plan and what the kernel or service says. */
export type Deviation = { what: string; expected: string; found: string };

/** Issues in one line: where, and what is wrong. */
export function issuesText(issues: readonly Issue[]): string {
  return issues.map((issue) => `${issue.pointer || '/'} ${issue.message}`).join('; ');
}

/** An error of prepare() that an administrator can act on: refused by a limit, by the verifier, by a service's own checker. */
export class PrepareError extends Error {
  readonly issues: Issue[];
  constructor(issues: Issue[]) {
    super(issuesText(issues));
    this.name = 'PrepareError';
    this.issues = issues;
  }
}

export type Subsystem<Plan = unknown, Prepared = unknown> = {
  readonly name: string;
  /** Without it the box must not come up. All others may fail at a start, and be told of in their status. */
  readonly essential?: boolean;
  /** Needs no other one of its kind, so that they may come up at the same time. A transaction still takes them one by one. */
  readonly independent?: boolean;
  /** Pure: the desired state. Never touches the kernel. */
  plan(config: Config, facts: Facts): PlanResult<Plan>;
  /** Off-path work that may fail; nothing that packets can notice. Throws {@link PrepareError} for what an administrator can mend. */
  prepare(plan: Plan): Promise<Prepared>;
  /** The switch. `facts` are read anew after the subsystems before this one were applied. Throws only when nothing was changed. */
  apply(prepared: Prepared, facts: Facts): Promise<Undo>;
  /** Reads the kernel or the service back; an empty list means that it is as planned. */
  verify(plan: Plan): Promise<Deviation[]>;
  status(): Promise<SubsystemStatus>;
  /** Frees what prepare() made, when it is not (or no longer) applied. Idempotent. */
  release(prepared: Prepared): Promise<void>;
  /** The commit is final: what was kept for an undo may go. */
  settle?(prepared: Prepared): Promise<void>;
};
