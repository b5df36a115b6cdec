/** A described packet as an Ethernet frame, with the checksums and lengths that its headers ask for. */
import type { PacketDescription } from '../../../api/schemas.ts';
import { parseAddress } from '../ip.ts';

const PROTOCOLS = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;
const TCP_FLAGS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32 };
const ETHERTYPE = { vlan: 0x8100, ip4: 0x0800, ip6: 0x86dd } as const;
/** A locally administered sender. */
const SOURCE_MAC = [0x02, 0, 0, 0, 0, 1];

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

/** Internet checksum over parts that begin at even offsets (RFC 1071). */
function checksum(...parts: Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] as number) << 8) | (part[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const be16 = (value: number): number[] => [value >>> 8, value & 0xff];

function tcpFlagsOf(packet: PacketDescription): number {
  return [...(packet.tcpFlags ?? 'S')].reduce((bits, letter) => {
    const bit = TCP_FLAGS[letter.toUpperCase()];
    if (bit === undefined)
      throw new DescriptionError('tcpFlags', `"${letter}" is no TCP flag`, 'Use the letters S, A, F, R, P and U.');
    return bits | bit;
  }, 0);
}

/** Layer-4 header with its checksum field zero, and where that field stands; -1 = it has none. */
function layer4(protocol: number, packet: PacketDescription, length: number): { bytes: Buffer; checksumAt: number } {
  const source = be16(packet.sourcePort ?? 0);
  const destination = be16(packet.destinationPort ?? 0);
  const with0 = (header: number[], checksumAt: number) => {
    const bytes = Buffer.alloc(Math.max(header.length, length));
    bytes.set(header);
    return { bytes, checksumAt };
  };
  switch (protocol) {
    case PROTOCOLS.tcp: {
      const header = [...source, ...destination, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, tcpFlagsOf(packet), 0xff, 0xff];
      return with0([...header, 0, 0, 0, 0], 16);
    }
    case PROTOCOLS.udp:
      return with0([...source, ...destination, ...be16(Math.max(8, length)), 0, 0], 6);
    case PROTOCOLS.sctp:
      return with0([...source, ...destination, 0, 0, 0, 0, 0, 0, 0, 0], -1);
    case PROTOCOLS.icmp:
    case PROTOCOLS.icmp6: {
      const echo = protocol === PROTOCOLS.icmp ? 8 : 128;
      const identifier = be16(packet.sourcePort ?? 1);
      return with0([packet.icmpType ?? echo, packet.icmpCode ?? 0, 0, 0, ...identifier, 0, 1], 2);
    }
  }
  return with0([0, 0, 0, 0, 0, 0, 0, 0], -1);
}

/**
 * @param mac of the interface that the frame comes in on
 * @param vlan 802.1Q tag, 0 = none
 * @throws DescriptionError naming the field
 */
export function frameOf(packet: PacketDescription, mac: Uint8Array, vlan: number): Buffer {
  const address = (field: 'source' | 'destination') => {
    try {
      return parseAddress(packet[field]);
    } catch (error) {
      throw new DescriptionError(field, (error as Error).message, 'Write one IPv4 or IPv6 address.');
    }
  };
  const source = address('source');
  const destination = address('destination');
  if (source.family !== destination.family)
    throw new DescriptionError(
      'destination',
      'source and destination are of different families',
      'Write both as IPv4, or both as IPv6.',
    );
  const v4 = source.family === 4;
  const protocol = typeof packet.protocol === 'number' ? packet.protocol : PROTOCOLS[packet.protocol];
  if (v4 ? protocol === PROTOCOLS.icmp6 : protocol === PROTOCOLS.icmp)
    throw new DescriptionError('protocol', `is not used with IPv${source.family}`, v4 ? 'Use icmp.' : 'Use icmp6.');
  const headerBytes = v4 ? 20 : 40;
  const payload = layer4(protocol, packet, (packet.length ?? 0) - headerBytes);
  const total = headerBytes + payload.bytes.length;
  const ttl = packet.ttl ?? 64;
  const [src, dst] = [source, destination].map(({ bytes }) => (v4 ? bytes.subarray(12) : bytes)) as [
    Uint8Array,
    Uint8Array,
  ];
  const pseudo = Uint8Array.from([...src, ...dst, ...be16(payload.bytes.length), ...be16(protocol)]);
  if (payload.checksumAt >= 0) {
    const sum = protocol === PROTOCOLS.icmp ? checksum(payload.bytes) : checksum(pseudo, payload.bytes);
    payload.bytes.writeUInt16BE(protocol === PROTOCOLS.udp && sum === 0 ? 0xffff : sum, payload.checksumAt);
  }
  const header = Buffer.from(
    v4
      ? [0x45, 0, ...be16(total), 0, 1, 0x40, 0, ttl, protocol, 0, 0, ...src, ...dst]
      : [0x60, 0, 0, 0, ...be16(payload.bytes.length), protocol, ttl, ...src, ...dst],
  );
  if (v4) header.writeUInt16BE(checksum(header), 10);
  const tag = vlan ? [...be16(ETHERTYPE.vlan), ...be16(vlan)] : [];
  const ethernet = [...mac, ...SOURCE_MAC, ...tag, ...be16(v4 ? ETHERTYPE.ip4 : ETHERTYPE.ip6)];
  return Buffer.concat([Buffer.from(ethernet), header, payload.bytes]);
}
