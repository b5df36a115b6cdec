/**
 * Interfaces of the configuration and the devices that carry them. The plan names devices; their kernel numbers are bound late, because a
 * VLAN device may come into being only when the network subsystem is applied, just before the flip.
 */
import { type Iface, ifaceFlag, limit } from '@gatehouse/bpf/abi';
import type { Config } from '@gatehouse/config';
import type { Facts, InterfaceFact } from '../../subsystem.ts';
import { NO_ADDRESS, parseAddress } from '../ip.ts';
import type { Registry } from '../registry.ts';

export type InterfacePlan = {
  /** Logical interface number, the index in the map `ifaces`. */
  slot: number;
  /** Registry number. */
  number: number;
  name: string;
  /** Device that carries the frames: the parent of a VLAN, else the interface itself. */
  device: string;
  /** 802.1Q tag, 0 = untagged. */
  vlan: number;
  /** Zone slot, 0 = none. */
  zone: number;
  enabled: boolean;
  /** Bytes, from the configuration; null = what the device has. */
  mtu: number | null;
  /** From the configuration; null = what the network gave the device. */
  addr4: Uint8Array | null;
  addr6: Uint8Array | null;
};

/** Contents of the maps that hold kernel interface numbers. */
export type BoundInterfaces = {
  /** Logical number → row. */
  ifaces: Map<number, Iface>;
  /** ifindex → logical number. */
  byIndex: Map<number, number>;
  byVlan: { ifindex: number; vlan: number; slot: number }[];
  /** Logical number → ifindex that XDP redirects to. */
  ports: Map<number, number>;
  /** Devices to attach to: name, ifindex and whether XDP or only TCX. */
  devices: { name: string; ifindex: number; xdp: boolean }[];
  /** Interfaces whose device does not exist. */
  missing: string[];
  /** Devices whose number does not fit into the tables. */
  beyond: string[];
};

/** What gh_iface.mtu can say. */
const MAX_MTU = 65535;
/** Kinds without an Ethernet header: only TCX, with the IP packet as it is. */
const LAYER3_KINDS = new Set(['tun', 'wireguard', 'ipip', 'gre', 'sit', 'ip6tnl', 'xfrm', 'vti', 'vti6', 'none']);
/** Ethernet kinds without native XDP or without ndo_xdp_xmit: judged by TCX, and reached through the kernel. */
const TCX_KINDS = new Set([
  'bridge',
  'macvlan',
  'macvtap',
  'ipvlan',
  'vxlan',
  'geneve',
  'ifb',
  'dummy',
  'loopback',
  'team',
  'gretap',
]);

export function isLayer3(fact: InterfaceFact): boolean {
  return fact.mac === null || LAYER3_KINDS.has(fact.kind);
}

/** Whether the device is judged by XDP (native or generic); all others by TCX. */
export function usesXdp(fact: InterfaceFact): boolean {
  return !isLayer3(fact) && !TCX_KINDS.has(fact.kind);
}

/** The first address of a family that is not link-local; null = none. */
function firstAddress(addresses: readonly string[], family: 4 | 6): Uint8Array | null {
  for (const text of addresses) {
    const address = parseAddress(text);
    const linkLocal =
      address.family === 6 && address.bytes[0] === 0xfe && ((address.bytes[1] as number) & 0xc0) === 0x80;
    if (address.family === family && !linkLocal) return address.bytes;
  }
  return null;
}

const withoutLength = (text: string): string => text.slice(0, text.indexOf('/'));

/**
 * Interfaces of the configuration with their numbers and zones.
 * @throws SlotsExhausted when there are more interfaces than the tables hold
 */
export function planInterfaces(config: Config, registry: Registry, zoneSlots: Map<string, number>): InterfacePlan[] {
  const zoneOf = new Map<string, number>();
  for (const zone of config.zones) for (const name of zone.interfaces) zoneOf.set(name, zoneSlots.get(zone.name) ?? 0);
  return config.interfaces.map((item) => {
    const number = registry.number('interface', item.id, item.name);
    const vlan = item.type === 'vlan';
    return {
      slot: registry.slot('interface', number),
      number,
      name: item.name,
      device: vlan ? (item.parent as string) : item.name,
      vlan: vlan ? (item.vlanId as number) : 0,
      zone: zoneOf.get(item.name) ?? 0,
      enabled: item.enabled,
      mtu: item.mtu ?? null,
      addr4: firstAddress(item.addresses.map(withoutLength), 4),
      addr6: firstAddress(item.addresses.map(withoutLength), 6),
    };
  });
}

function macBytes(mac: string | null): Uint8Array {
  return mac ? Uint8Array.from(mac.split(':').map((byte) => Number.parseInt(byte, 16))) : new Uint8Array(6);
}

/** Looks the devices up. Pure: called when the generation is made and again just before the flip. */
export function bindInterfaces(plan: readonly InterfacePlan[], facts: Facts): BoundInterfaces {
  const byName = new Map(facts.interfaces.map((fact) => [fact.name, fact]));
  const bound: BoundInterfaces = {
    ifaces: new Map(),
    byIndex: new Map(),
    byVlan: [],
    ports: new Map(),
    devices: [],
    missing: [],
    beyond: [],
  };
  const carriers = new Map<string, InterfaceFact>();
  for (const item of plan) {
    const carrier = byName.get(item.device);
    if (!carrier) {
      bound.missing.push(item.name);
      continue;
    }
    const l3 = item.vlan ? byName.get(item.name) : carrier;
    if (carrier.ifindex >= limit.maxIfindex || (l3 && l3.ifindex >= limit.maxIfindex)) {
      bound.beyond.push(item.name);
      continue;
    }
    carriers.set(item.device, carrier);
    const xdp = usesXdp(carrier);
    const given = (l3?.addresses ?? []).filter((one) => one.scope === 'global').map((one) => one.address);
    let flags = item.enabled ? ifaceFlag.up : 0;
    if (isLayer3(carrier)) flags |= ifaceFlag.l3;
    if (xdp) flags |= ifaceFlag.xdp | ifaceFlag.xmit;
    bound.ifaces.set(item.slot, {
      ifindex: carrier.ifindex,
      l3Ifindex: l3?.ifindex ?? carrier.ifindex,
      vlan: item.vlan,
      zone: item.zone,
      mtu: Math.min(item.mtu ?? l3?.mtu ?? carrier.mtu, MAX_MTU),
      flags,
      vrf: 0,
      mac: macBytes(l3?.mac ?? carrier.mac),
      addr4: item.addr4 ?? firstAddress(given, 4) ?? NO_ADDRESS,
      addr6: item.addr6 ?? firstAddress(given, 6) ?? NO_ADDRESS,
    });
    if (item.vlan) {
      bound.byVlan.push({ ifindex: carrier.ifindex, vlan: item.vlan, slot: item.slot });
      // route lookups answer with the VLAN device
      if (l3) bound.byIndex.set(l3.ifindex, item.slot);
    } else {
      bound.byIndex.set(carrier.ifindex, item.slot);
    }
    if (xdp) bound.ports.set(item.slot, carrier.ifindex);
  }
  for (const [name, fact] of carriers) bound.devices.push({ name, ifindex: fact.ifindex, xdp: usesXdp(fact) });
  return bound;
}
