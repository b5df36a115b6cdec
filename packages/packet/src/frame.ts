/** From a description to the bytes on the wire. */
import { addressBytes, macBytes } from './address.ts';
import { checksum, pseudoHeader } from './checksum.ts';
import { type Layer4, protocol } from './layer4.ts';

export type Packet = {
  /** Ethernet destination and source. */
  to: string;
  from: string;
  /** 802.1Q tag; absent = untagged. */
  vlan?: number;
  source: string;
  destination: string;
  /** TTL or hop limit; 64 when absent. */
  ttl?: number;
  /** IPv4 identification, or that of an IPv6 fragment header. */
  id?: number;
  /** IPv4 Don't Fragment; absent = set. */
  dontFragment?: boolean;
  /** Offset in bytes, a multiple of 8. */
  fragment?: { offset: number; more: boolean };
  /** DSCP and ECN, or the traffic class. */
  tos?: number;
  /** IPv4 options, a multiple of four bytes. */
  options?: Uint8Array;
  /** IPv6 extension headers before the payload: type and bytes with a next-header field that is filled in here. */
  extensions?: { type: number; bytes: Uint8Array }[];
  payload: Layer4;
};

const FRAGMENT_HEADER = 44;
const be16 = (value: number): number[] => [(value >> 8) & 255, value & 255];

function payloadBytes({ payload, fragment }: Packet, source: Uint8Array, destination: Uint8Array): Buffer {
  const bytes = Buffer.from(payload.bytes);
  // the checksum of a fragment belongs to the whole datagram: callers cut finished payloads
  if (payload.checksumAt === null || fragment) return bytes;
  const pseudo = pseudoHeader(source, destination, payload.protocol, bytes.length);
  const sum = payload.protocol === protocol.icmp ? checksum(bytes) : checksum(pseudo, bytes);
  bytes.writeUInt16BE(payload.protocol === protocol.udp && sum === 0 ? 0xffff : sum, payload.checksumAt);
  return bytes;
}

function ipv4(packet: Packet, source: Uint8Array, destination: Uint8Array, body: Buffer): Buffer {
  const options = packet.options ?? new Uint8Array();
  const length = 20 + options.length + body.length;
  const flags =
    (packet.dontFragment === false || packet.fragment ? 0 : 0x4000) |
    (packet.fragment?.more ? 0x2000 : 0) |
    ((packet.fragment?.offset ?? 0) >> 3);
  const head = Buffer.from([
    0x40 | (5 + options.length / 4),
    packet.tos ?? 0,
    ...be16(length),
    ...be16(packet.id ?? 0),
    ...be16(flags),
    packet.ttl ?? 64,
    packet.payload.protocol,
    0,
    0,
    ...source,
    ...destination,
    ...options,
  ]);
  head.writeUInt16BE(checksum(head), 10);
  return Buffer.concat([head, body]);
}

function ipv6(packet: Packet, source: Uint8Array, destination: Uint8Array, body: Buffer): Buffer {
  const chain = [...(packet.extensions ?? [])];
  if (packet.fragment) {
    const { offset, more } = packet.fragment;
    const id = packet.id ?? 0;
    const bytes = Uint8Array.from([0, 0, ...be16(offset | (more ? 1 : 0)), ...be16(id >>> 16), ...be16(id)]);
    chain.push({ type: FRAGMENT_HEADER, bytes });
  }
  const types = [...chain.map((item) => item.type), packet.payload.protocol];
  const extensions = chain.map((item, i) => Buffer.from([types[i + 1] as number, ...item.bytes.subarray(1)]));
  const rest = Buffer.concat([...extensions, body]);
  const tos = packet.tos ?? 0;
  const head = [0x60 | (tos >> 4), (tos & 15) << 4, 0, 0, ...be16(rest.length), types[0] as number, packet.ttl ?? 64];
  return Buffer.concat([Buffer.from([...head, ...source, ...destination]), rest]);
}

/** The network-layer packet: RFC 791, RFC 8200. @throws Error when the families differ */
export function network(packet: Packet): Buffer {
  const source = addressBytes(packet.source);
  const destination = addressBytes(packet.destination);
  if (source.length !== destination.length)
    throw new Error(`${packet.source} and ${packet.destination} are of different families`);
  const body = payloadBytes(packet, source, destination);
  return (source.length === 4 ? ipv4 : ipv6)(packet, source, destination, body);
}

/** The Ethernet frame, without padding and check sequence. */
export function frame(packet: Packet): Buffer {
  const tag = packet.vlan === undefined ? [] : [0x81, 0x00, ...be16(packet.vlan)];
  const type = addressBytes(packet.source).length === 4 ? 0x0800 : 0x86dd;
  const head = [...macBytes(packet.to), ...macBytes(packet.from), ...tag, ...be16(type)];
  return Buffer.concat([Buffer.from(head), network(packet)]);
}
