/** Numbers of the datapath → objects of the configuration, also of deleted ones. */
import { closeReason } from '@gatehouse/bpf/abi';
import { dropReasons } from '@gatehouse/bpf/reasons';
import type { Registry } from './registry.ts';

export type Ref = { id: string; name: string };

/** IANA protocol numbers that have a name here; the others are shown as numbers. */
const PROTOCOLS: Record<number, string> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmp6',
  89: 'ospf',
  112: 'vrrp',
  132: 'sctp',
};

export function protocolName(number: number): string {
  return PROTOCOLS[number] ?? String(number);
}

/** Destination port of a tuple for people: ICMP keeps type and code there, or the identifier of a reply (abi.h, struct gh_tuple). */
export function destinationPort({ proto, dport }: { proto: number; dport: number }): number {
  return proto === 1 || proto === 58 ? 0 : dport;
}

/** Number of a protocol given by name or number; undefined when there is none. */
export function protocolNumber(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text) && Number(text) < 256) return Number(text);
  const found = Object.entries(PROTOCOLS).find(([, name]) => name === text.toLowerCase());
  return found && Number(found[0]);
}

const CLOSE_TEXTS: Record<number, readonly [name: string, text: string]> = {
  [closeReason.timeout]: ['timeout', 'Nothing came for the idle timeout.'],
  [closeReason.fin]: ['fin', 'Both sides closed the connection.'],
  [closeReason.reset]: ['reset', 'One side reset the connection.'],
  [closeReason.cleared]: ['cleared', 'An administrator closed the session.'],
  [closeReason.policyChange]: ['policy-change', 'A new configuration no longer permits the session.'],
  [closeReason.addressGone]: ['address-gone', 'The network took back the address that the session was translated to.'],
  [closeReason.evicted]: ['evicted', 'The session table was nearly full and no reply had come.'],
};
const DROP_TEXTS = new Map<number, (typeof dropReasons)[number]>(dropReasons.map((reason) => [reason.number, reason]));

export function dropReason(number: number): { name: string; text: string } {
  return DROP_TEXTS.get(number) ?? { name: String(number), text: 'A reason that this version does not know.' };
}

export function closeReasonOf(number: number): { name: string; text: string } {
  const [name, text] = CLOSE_TEXTS[number] ?? [String(number), 'A reason that this version does not know.'];
  return { name, text };
}

/** Zone slot of the box itself (abi.h). */
export const SELF_ZONE = 1;

export class Names {
  readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  ref(number: number): Ref | null {
    const entry = number === 0 ? undefined : this.registry.entry(number);
    return entry ? { id: entry.id, name: entry.name } : null;
  }

  zone(slot: number): string | null {
    return slot === SELF_ZONE ? 'self' : (this.registry.atSlot('zone', slot)?.name ?? null);
  }

  interface(slot: number): string | null {
    return this.registry.atSlot('interface', slot)?.name ?? null;
  }

  /** Hash of a revision. */
  revision(number: number): string | null {
    return this.registry.entry(number)?.id ?? null;
  }
}
