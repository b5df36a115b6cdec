/** The trace of a packet in a person's words. */
import { action, outcome, stage, type Trace } from '@gatehouse/bpf/abi';
import type { Explanation } from '../../../api/schemas.ts';
import { formatAddress } from '../ip.ts';
import { destinationPort, dropReason, Names } from '../names.ts';
import type { DataplanePlan } from '../plan.ts';
import type { RegistryEntry } from '../registry.ts';

type Step = Explanation['stages'][number];

const STAGES: Record<number, readonly [name: string, title: string]> = {
  [stage.parse]: ['parse', 'Headers'],
  [stage.flowCache]: ['flow-cache', 'Flow cache'],
  [stage.session]: ['session', 'Session'],
  [stage.screen]: ['screen', 'Screens'],
  [stage.local]: ['local', 'For the box itself?'],
  [stage.hostInbound]: ['host-inbound', 'Host-inbound services'],
  [stage.dnat]: ['destination-nat', 'Destination NAT'],
  [stage.route]: ['route', 'Route'],
  [stage.policy]: ['policy', 'Policy'],
  [stage.snat]: ['source-nat', 'Source NAT'],
  [stage.sessionInsert]: ['session-insert', 'New session'],
  [stage.rewrite]: ['rewrite', 'Rewriting'],
  [stage.neighbour]: ['neighbour', 'Next hop'],
  [stage.verdict]: ['verdict', 'Verdict'],
};
const OUTCOMES: Record<number, string> = {
  [outcome.pass]: 'pass',
  [outcome.hit]: 'hit',
  [outcome.miss]: 'miss',
  [outcome.drop]: 'drop',
  [outcome.reject]: 'reject',
  [outcome.host]: 'host',
  [outcome.kernel]: 'kernel',
  [outcome.forward]: 'forward',
};
/** bpf_fib_lookup(): the route is known, the neighbour's address is not. */
const FIB_NO_NEIGHBOUR = 7;

function detailOf(record: Trace, names: Names, object: RegistryEntry | undefined): string {
  if (record.reason) return dropReason(record.reason).text;
  const name = object ? `"${object.name}"` : '';
  const egress = names.interface(record.iface) ?? 'an interface without a name';
  const hit = record.outcome === outcome.hit;
  switch (record.stage) {
    case stage.parse:
      return `Well-formed; came in on ${egress}, zone ${names.zone(record.zone[0] ?? 0) ?? 'none'}.`;
    case stage.session:
      return hit ? 'Belongs to a session that exists.' : 'Begins a new flow.';
    case stage.screen:
      return 'Nothing that the screens of the zone look for.';
    case stage.local:
      return 'The destination is an address of the box.';
    case stage.hostInbound:
      return `Zone ${name} ${hit ? 'admits' : 'does not admit'} this service to the box.`;
    case stage.dnat:
      return hit
        ? `Rule ${name} translates the destination.`
        : name
          ? `Rule ${name} says: no translation.`
          : 'No rule matches.';
    case stage.route:
      return `Out of ${egress}${record.value === FIB_NO_NEIGHBOUR ? '; the next hop’s MAC address is not known yet' : ''}.`;
    case stage.policy: {
      if (!object) return 'No policy matches: the default denies.';
      const verb = record.value === action.permit ? 'permits' : record.value === action.reject ? 'rejects' : 'denies';
      return `Rule ${name} ${verb}, from zone ${names.zone(record.zone[0] ?? 0)} to ${names.zone(record.zone[1] ?? 0)}.`;
    }
    case stage.snat:
      return hit
        ? `Rule ${name} translates the source.`
        : name
          ? `Rule ${name} says: no translation.`
          : 'No rule matches.';
    case stage.sessionInsert:
      return 'A session would be opened.';
    case stage.rewrite:
      return hit
        ? 'Addresses or ports are rewritten, checksums adjusted.'
        : 'TTL is decremented; nothing else changes.';
    case stage.verdict:
      if (record.outcome === outcome.host) return 'Delivered to the box.';
      return record.outcome === outcome.kernel
        ? `Sent out of ${egress} by the kernel, which asks for the next hop’s MAC address first.`
        : `Forwarded out of ${egress}.`;
  }
  return '';
}

function verdictOf(last: Trace | undefined): Explanation['verdict'] {
  switch (last?.outcome) {
    case outcome.host:
      return 'host';
    case outcome.forward:
    case outcome.kernel:
      return 'forward';
    case outcome.reject:
      return 'reject';
  }
  return 'drop';
}

const addressing = ({ tuple }: Trace): Step['packet'] => ({
  source: formatAddress(tuple.src),
  destination: formatAddress(tuple.dst),
  sourcePort: tuple.sport,
  destinationPort: destinationPort(tuple),
});

/** @param nextHop destination MAC address of the frame that left, if one did */
export function tell(records: readonly Trace[], plan: DataplanePlan, nextHop: string): Explanation {
  const names = new Names(plan.registry);
  const stages = records.map((record): Step => {
    const object = record.object ? plan.registry.entry(record.object) : undefined;
    const [name, title] = STAGES[record.stage] ?? [String(record.stage), 'Unknown stage'];
    return {
      stage: name,
      title,
      outcome: OUTCOMES[record.outcome] ?? String(record.outcome),
      detail: detailOf(record, names, object),
      object: object ? { type: object.kind, id: object.id, name: object.name } : null,
      packet: addressing(record),
    };
  });
  const last = records.findLast((record) => record.stage === stage.verdict) ?? records.at(-1);
  const verdict = verdictOf(last);
  const policy = records.find((record) => record.stage === stage.policy);
  const nats = records.filter((r) => (r.stage === stage.dnat || r.stage === stage.snat) && r.outcome === outcome.hit);
  const first = records[0];
  const leaves = verdict === 'forward' && last;
  const changed = first && last && JSON.stringify(addressing(first)) !== JSON.stringify(addressing(last));
  return {
    verdict,
    reason: last?.reason ? dropReason(last.reason).name : null,
    rule: policy ? names.ref(policy.object) : null,
    natRules: nats.flatMap((record) => names.ref(record.object) ?? []),
    translated: changed && verdict !== 'drop' && verdict !== 'reject' ? addressing(last) : null,
    egress: leaves
      ? {
          interface: names.interface(last.iface) ?? '',
          nextHopMac: last.outcome === outcome.forward ? nextHop : null,
        }
      : null,
    stages,
  };
}
