/** A described packet as an Ethernet frame. */
import {
  echo,
  frame,
  icmpError,
  type Layer4,
  macText,
  protocol,
  raw,
  sctp,
  tcp,
  tcpFlag,
  udp,
} from '@gatehouse/packet';
import type { PacketDescription } from '../../../api/schemas.ts';
import { type Address, parseAddress } from '../ip.ts';

const TCP_FLAGS: Record<string, number> = {
  F: tcpFlag.fin,
  S: tcpFlag.syn,
  R: tcpFlag.rst,
  P: tcpFlag.psh,
  A: tcpFlag.ack,
  U: tcpFlag.urg,
};
/** A locally administered sender. */
const SOURCE_MAC = '02:00:00:00:00:01';
const HEADER_BYTES = { 4: 20, 6: 40 } as const;

/** A packet that can not be described like this. */
export class DescriptionError extends Error {
  readonly field: keyof PacketDescription;
  readonly remedy: string;
  constructor(field: keyof PacketDescription, message: string, remedy: string) {
    super(message);
    this.field = field;
    this.remedy = remedy;
  }
}

function tcpFlagsOf(packet: PacketDescription): number {
  return [...(packet.tcpFlags ?? 'S')].reduce((bits, letter) => {
    const bit = TCP_FLAGS[letter.toUpperCase()];
    if (bit === undefined)
      throw new DescriptionError('tcpFlags', `"${letter}" is no TCP flag`, 'Use the letters S, A, F, R, P and U.');
    return bits | bit;
  }, 0);
}

/** @param room bytes that the described length leaves for layer 4 */
function layer4(number: number, family: 4 | 6, packet: PacketDescription, room: number): Layer4 {
  const { sourcePort: source = 0, destinationPort: destination = 0 } = packet;
  const data = (header: number) => new Uint8Array(Math.max(0, room - header));
  switch (number) {
    case protocol.tcp:
      return tcp({ source, destination, sequence: 1, flags: tcpFlagsOf(packet), data: data(20) });
    case protocol.udp:
      return udp(source, destination, data(8));
    case protocol.sctp:
      return sctp(source, destination);
    case protocol.icmp:
    case protocol.icmp6:
      if (packet.icmpType === undefined) return echo(family, 'request', packet.sourcePort ?? 1, 1, data(8));
      return icmpError(family, packet.icmpType, packet.icmpCode ?? 0, data(8), ((packet.sourcePort ?? 1) << 16) | 1);
  }
  return raw(number, data(0));
}

function addressOf(packet: PacketDescription, field: 'source' | 'destination'): Address {
  try {
    return parseAddress(packet[field]);
  } catch (error) {
    throw new DescriptionError(field, (error as Error).message, 'Write one IPv4 or IPv6 address.');
  }
}

/**
 * @param mac of the interface that the frame comes in on
 * @param vlan 802.1Q tag, 0 = none
 * @throws DescriptionError naming the field
 */
export function frameOf(packet: PacketDescription, mac: Uint8Array, vlan: number): Buffer {
  const { family } = addressOf(packet, 'source');
  if (family !== addressOf(packet, 'destination').family)
    throw new DescriptionError(
      'destination',
      'is of another family than the source',
      'Write both as IPv4, or both as IPv6.',
    );
  const number = typeof packet.protocol === 'number' ? packet.protocol : protocol[packet.protocol];
  if (number === (family === 4 ? protocol.icmp6 : protocol.icmp))
    throw new DescriptionError('protocol', `is not used with IPv${family}`, family === 4 ? 'Use icmp.' : 'Use icmp6.');
  return frame({
    to: macText(mac),
    from: SOURCE_MAC,
    ...(vlan ? { vlan } : {}),
    source: packet.source,
    destination: packet.destination,
    ...(packet.ttl === undefined ? {} : { ttl: packet.ttl }),
    payload: layer4(number, family, packet, (packet.length ?? 0) - HEADER_BYTES[family]),
  });
}
