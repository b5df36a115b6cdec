/** From bytes to what they say. Tolerant only where told: a frame that is too short is an error with words. */
import { addressText, macText } from './address.ts';
import { checksum, pseudoHeader } from './checksum.ts';
import { protocol } from './layer4.ts';

export type Parsed = {
  to: string;
  from: string;
  vlan?: number;
  family: 4 | 6;
  source: string;
  destination: string;
  ttl: number;
  protocol: number;
  /** Ports of TCP, UDP and SCTP; 0 elsewhere. */
  sourcePort: number;
  destinationPort: number;
  tcpFlags: number;
  sequence: number;
  acknowledgement: number;
  icmpType: number;
  icmpCode: number;
  /** Layer-4 bytes with their header. */
  payload: Buffer;
  /** Are the checksums right: of the IPv4 header, and of layer 4 (null = there is none)? */
  headerChecksum: boolean;
  payloadChecksum: boolean | null;
};

const WITH_PORTS: readonly number[] = [protocol.tcp, protocol.udp, protocol.sctp];
const PSEUDO: readonly number[] = [protocol.tcp, protocol.udp, protocol.icmp6];

function payloadChecksum(number: number, source: Uint8Array, destination: Uint8Array, body: Buffer): boolean | null {
  if (number === protocol.icmp) return checksum(body) === 0;
  if (!PSEUDO.includes(number)) return null;
  if (number === protocol.udp && body.readUInt16BE(6) === 0) return null;
  return checksum(pseudoHeader(source, destination, number, body.length), body) === 0;
}

/** @throws RangeError when the frame ends too early, Error when it is not IP */
export function parseFrame(bytes: Buffer): Parsed {
  const tagged = bytes.readUInt16BE(12) === 0x8100;
  const l3 = tagged ? 18 : 14;
  const type = bytes.readUInt16BE(l3 - 2);
  if (type !== 0x0800 && type !== 0x86dd) throw new Error(`EtherType ${type.toString(16)} is not IP`);
  const v4 = type === 0x0800;
  const headerLength = v4 ? ((bytes[l3] as number) & 15) * 4 : 40;
  const length = v4 ? bytes.readUInt16BE(l3 + 2) : 40 + bytes.readUInt16BE(l3 + 4);
  const packet = bytes.subarray(l3, l3 + length);
  if (packet.length < length) throw new RangeError(`the packet has ${packet.length} of ${length} bytes`);
  const number = packet.readUInt8(v4 ? 9 : 6);
  const source = packet.subarray(v4 ? 12 : 8, v4 ? 16 : 24);
  const destination = packet.subarray(v4 ? 16 : 24, v4 ? 20 : 40);
  const body = packet.subarray(headerLength);
  const ports = WITH_PORTS.includes(number);
  const isTcp = number === protocol.tcp;
  const isIcmp = number === protocol.icmp || number === protocol.icmp6;
  return {
    to: macText(bytes.subarray(0, 6)),
    from: macText(bytes.subarray(6, 12)),
    ...(tagged ? { vlan: bytes.readUInt16BE(14) & 0xfff } : {}),
    family: v4 ? 4 : 6,
    source: addressText(source),
    destination: addressText(destination),
    ttl: packet.readUInt8(v4 ? 8 : 7),
    protocol: number,
    sourcePort: ports ? body.readUInt16BE(0) : 0,
    destinationPort: ports ? body.readUInt16BE(2) : 0,
    tcpFlags: isTcp ? body.readUInt8(13) : 0,
    sequence: isTcp ? body.readUInt32BE(4) : 0,
    acknowledgement: isTcp ? body.readUInt32BE(8) : 0,
    icmpType: isIcmp ? body.readUInt8(0) : 0,
    icmpCode: isIcmp ? body.readUInt8(1) : 0,
    payload: body,
    headerChecksum: !v4 || checksum(packet.subarray(0, headerLength)) === 0,
    payloadChecksum: payloadChecksum(number, source, destination, body),
  };
}
