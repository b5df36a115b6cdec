/** Packets between the hosts of the test network, and what a router makes of them. */
import { frame, type Layer4, network, type Packet, parseFrame, tcp, tcpFlag, udp } from '@gatehouse/packet';
import { type Device, type Family, HOST, NET } from './network.ts';
import type { Outcome } from './pipeline.ts';

export const FAMILIES = [4, 6] as const;
export const DATA = Buffer.from('payload of an odd length!');

/** A packet as the host behind a device sends it to the box. */
export function from(device: Device, family: Family, source: string, destination: string, payload: Layer4): Packet {
  return {
    to: NET[device].mac,
    from: NET[device].host,
    source,
    destination,
    payload,
    ...(family === 4 ? { id: 4711 } : {}),
  };
}

/** Client in front of the box to server behind it. */
export const outbound = (family: Family, payload: Layer4): Packet =>
  from('in0', family, HOST.client[family], HOST.server[family], payload);

export const someUdp = (source = 40000, destination = 9): Layer4 => udp(source, destination, DATA);
export const syn = (source = 40000, destination = 80, sequence = 1000): Layer4 =>
  tcp({ source, destination, sequence, flags: tcpFlag.syn, options: Uint8Array.from([2, 4, 5, 180]) });

/** The packet as it leaves by a device: next hop's MAC address, one hop less, and what a translation changed. */
export function forwarded(packet: Packet, device: Device, changes: Partial<Packet> = {}): string {
  const { vlan: _, ...untagged } = packet;
  return hex(
    frame({ ...untagged, to: NET[device].host, from: NET[device].mac, ttl: (packet.ttl ?? 64) - 1, ...changes }),
  );
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What came out, read, with the checksums verified. */
export function read(outcome: Outcome) {
  const parsed = parseFrame(outcome.frame);
  if (!parsed.headerChecksum || parsed.payloadChecksum === false)
    throw new Error(`wrong checksum in ${hex(outcome.frame)}`);
  return parsed;
}

export { frame, network };
