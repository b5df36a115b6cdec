/**
 * The desired state of the packet pipeline. Pure: (configuration, facts, registry) → all tables of a generation. Numbers are allocated in a draft
 * of the registry, so a plan that is thrown away changes nothing.
 */
import { l4Slot, limit, type NatRow, type PolicyRow, type Zone } from '@gatehouse/bpf/abi';
import type { Config, Issue } from '@gatehouse/config';
import type { Facts } from '../subsystem.ts';
import { bindInterfaces, type InterfacePlan, planInterfaces } from './compile/interfaces.ts';
import { normalize } from './compile/intervals.ts';
import { type ApplicationSet, TooManyClasses } from './compile/layer4.ts';
import { expandNat } from './compile/nat.ts';
import { expandPolicies } from './compile/policy.ts';
import { type Application, Resolver, slotsOfTerm } from './compile/resolve.ts';
import type { Row } from './compile/rows.ts';
import { type ClassifierTables, compileTables } from './compile/tables.ts';
import { compileZones, type HostService, hostServiceSets, zoneSlotsOf } from './compile/zones.ts';
import { issue } from './issue.ts';
import { type Registry, SLOT_RANGE, SlotsExhausted } from './registry.ts';
import { secondsToTicks } from './ticks.ts';

/** Idle timeouts in ticks: the tail of abi.h, struct gh_features. */
export type Timeouts = {
  tcpHandshake: number;
  tcpEstablished: number;
  tcpClosing: number;
  tcpHalfClosed: number;
  udp: number;
  icmp: number;
  other: number;
};

export type DataplanePlan = {
  config: Config;
  /** Hash of the configuration. */
  revision: string;
  /** Registry number of the revision, for events. */
  revisionNumber: number;
  /** The registry with the numbers of this plan; adopted when the plan is applied. */
  registry: Registry;
  interfaces: InterfacePlan[];
  /** Slot → row. */
  zones: Map<number, Zone>;
  tables: ClassifierTables;
  policyRows: PolicyRow[];
  snatRows: NatRow[];
  dnatRows: NatRow[];
  /** Union of all zones' screens. */
  screens: number;
  rematchClose: boolean;
  logDefaultDeny: boolean;
  /** Counter slot of the implicit deny. */
  defaultCounter: number;
  synCheck: boolean;
  timeouts: Timeouts;
};

export type Catalogue = {
  applications: readonly Application[];
  hostServices: readonly HostService[];
};

/** Largest number of entries of the map `addresses` (bpf/src/maps.h). */
const MAX_PREFIXES = 1048576;
/** Memory of all bit vectors of a generation, in bytes. Three generations may be loaded at the same time. */
const MAX_VECTOR_BYTES = 512 * 1024 * 1024;

export type PlanOutcome = { ok: true; plan: DataplanePlan; warnings: Issue[] } | { ok: false; issues: Issue[] };

/** @param registry the live registry; it is not changed */
export function planDataplane(
  config: Config,
  revision: string,
  facts: Facts,
  registry: Registry,
  catalogue: Catalogue,
): PlanOutcome {
  const draft = registry.draft();
  const issues: Issue[] = [];
  try {
    const plan = build(config, revision, draft, catalogue, issues);
    if (plan) checkSizes(plan, issues);
    if (!plan || issues.some((found) => found.severity === 'error')) return { ok: false, issues };
    return { ok: true, plan, warnings: [...issues, ...bindingWarnings(config, plan, facts)] };
  } catch (error) {
    if (error instanceof SlotsExhausted) return { ok: false, issues: [slotsIssue(config, error)] };
    if (error instanceof TooManyClasses)
      return {
        ok: false,
        issues: [issue(['applications'], error.classes, error.message, 'Use fewer different ports, or larger ranges.')],
      };
    throw error;
  }
}

function build(
  config: Config,
  revision: string,
  registry: Registry,
  catalogue: Catalogue,
  issues: Issue[],
): DataplanePlan | null {
  const zoneSlots = zoneSlotsOf(config, registry);
  const resolver = new Resolver(config, catalogue.applications, zoneSlots);
  const policies = expandPolicies(config, resolver, registry);
  const nat = expandNat(config, resolver, registry, issues);
  const limits: [string[], Row[]][] = [
    [['policies'], policies.rows],
    [['nat', 'source'], nat.snat],
    [['nat', 'destination'], nat.dnat],
  ];
  for (const [path, rows] of limits) {
    if (rows.length > limit.maxRows) {
      const text = `the rules expand to ${rows.length} rows, at most ${limit.maxRows} are possible`;
      issues.push(issue(path, rows.length, text, 'Join rules, or use fewer applications with source ports.'));
    }
  }
  if (issues.length > 0) return null;
  const zones = compileZones(config, registry, zoneSlots, catalogue.hostServices);
  const tables = compileTables(
    [policies.rows, nat.snat, nat.dnat],
    [...zoneSlots.values()],
    hostServiceSets(config, catalogue.hostServices),
    applicationSets(config, catalogue.applications, registry),
    { zones: limit.maxZones, l4Slots: l4Slot.slots, sportSlots: 131072 },
  );
  const timeouts = config.flow.timeouts;
  let screens = 0;
  for (const zone of zones.values()) screens |= zone.screens;
  return {
    config,
    revision,
    revisionNumber: registry.number('revision', revision, revision.slice(0, 12)),
    registry,
    interfaces: planInterfaces(config, registry, zoneSlots),
    zones,
    tables,
    policyRows: policies.values,
    snatRows: nat.snatValues,
    dnatRows: nat.dnatValues,
    screens,
    rematchClose: config.flow.policyRematch === 'close',
    logDefaultDeny: config.defaultDeny.log,
    defaultCounter: registry.slot('counter', registry.number('default-deny', 'default-deny', 'default deny')),
    synCheck: config.flow.synCheck,
    timeouts: {
      tcpHandshake: secondsToTicks(timeouts.tcpHandshake),
      tcpEstablished: secondsToTicks(timeouts.tcpEstablished),
      tcpClosing: secondsToTicks(timeouts.tcpClosing),
      tcpHalfClosed: secondsToTicks(timeouts.tcpHalfClosed),
      udp: secondsToTicks(timeouts.udp),
      icmp: secondsToTicks(timeouts.icmp),
      other: secondsToTicks(timeouts.other),
    },
  };
}

/** The configuration's own applications come before the catalogue's of the same width. */
function applicationSets(config: Config, catalogue: readonly Application[], registry: Registry): ApplicationSet[] {
  const own = new Set(config.applications.map((application) => application.name));
  const all = [
    ...(config.applications as Application[]),
    ...catalogue.filter((application) => !own.has(application.name)),
  ];
  return all.map((application) => ({
    number: registry.number('application', application.id, application.name),
    set: normalize(application.terms.filter((term) => term.sourcePort === undefined).flatMap(slotsOfTerm)),
    timeout: secondsToTicks(application.inactivityTimeout ?? 0),
  }));
}

function checkSizes(plan: DataplanePlan, issues: Issue[]): void {
  const prefixes = plan.tables.addresses.length;
  if (prefixes > MAX_PREFIXES) {
    const text = `the rules name ${prefixes} different prefixes, at most ${MAX_PREFIXES} are possible`;
    issues.push(issue(['addresses'], prefixes, text, 'Summarise addresses into larger prefixes.'));
  }
  const bytes = plan.tables.stores.reduce((sum, store) => sum + store.byteLength, 0);
  if (bytes > MAX_VECTOR_BYTES) {
    const mib = Math.ceil(bytes / 1048576);
    const text = `the compiled rules need ${mib} MiB, at most ${MAX_VECTOR_BYTES / 1048576} MiB are possible`;
    issues.push(
      issue(['policies'], bytes, text, 'Use fewer rules, or let rules share address objects and applications.'),
    );
  }
}

function slotsIssue(config: Config, error: SlotsExhausted) {
  const most = SLOT_RANGE[error.kind].end - SLOT_RANGE[error.kind].first;
  const lists: Record<string, [string, number]> = {
    zone: ['zones', config.zones.length],
    interface: ['interfaces', config.interfaces.length],
    counter: ['policies', config.policies.length],
  };
  const [path, count] = lists[error.kind] as [string, number];
  return issue([path], count, `there are more than ${most} ${path}`, `Remove ${path} until at most ${most} are left.`);
}

function bindingWarnings(config: Config, plan: DataplanePlan, facts: Facts): Issue[] {
  const bound = bindInterfaces(plan.interfaces, facts);
  const at = (name: string) => ['interfaces', config.interfaces.findIndex((item) => item.name === name), 'name'];
  return [
    ...bound.missing.map((name) =>
      issue(
        at(name),
        name,
        `there is no device for interface "${name}" now`,
        'Plug it in, or correct the name.',
        'warning',
      ),
    ),
    ...bound.beyond.map((name) =>
      issue(
        at(name),
        name,
        `the kernel's number of interface "${name}" is beyond ${limit.maxIfindex - 1}`,
        'Restart the box.',
        'warning',
      ),
    ),
  ];
}
