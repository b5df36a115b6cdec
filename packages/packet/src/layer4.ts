/** Headers above IP, with their checksums left to the frame, which knows the addresses. */

/** IANA protocol numbers. */
export const protocol = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;
export const tcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

export type Layer4 = {
  protocol: number;
  /** Checksum field zero. */
  bytes: Buffer;
  /** Offset of the checksum field; null = none, or left as it is. */
  checksumAt: number | null;
};

const be16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const be32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

export type TcpFields = {
  source: number;
  destination: number;
  sequence?: number;
  acknowledgement?: number;
  /** Sum of {@link tcpFlag}. */
  flags: number;
  window?: number;
  /** A multiple of four bytes. */
  options?: Uint8Array;
  data?: Uint8Array;
};

/** RFC 9293 section 3.1 */
export function tcp(fields: TcpFields): Layer4 {
  const options = fields.options ?? new Uint8Array();
  const head = [
    ...be16(fields.source),
    ...be16(fields.destination),
    ...be32(fields.sequence ?? 0),
    ...be32(fields.acknowledgement ?? 0),
    (5 + options.length / 4) << 4,
    fields.flags,
    ...be16(fields.window ?? 0xffff),
    0,
    0,
    0,
    0,
  ];
  return {
    protocol: protocol.tcp,
    bytes: Buffer.from([...head, ...options, ...(fields.data ?? [])]),
    checksumAt: 16,
  };
}

/** RFC 768. `withoutChecksum`: the field stays zero, as IPv4 allows. */
export function udp(
  source: number,
  destination: number,
  data: Uint8Array = new Uint8Array(),
  withoutChecksum = false,
): Layer4 {
  const head = [...be16(source), ...be16(destination), ...be16(8 + data.length), 0, 0];
  return {
    protocol: protocol.udp,
    bytes: Buffer.from([...head, ...data]),
    checksumAt: withoutChecksum ? null : 6,
  };
}

/** Ports and an empty body; its CRC32c is not computed (RFC 9260 section 3.1). */
export function sctp(source: number, destination: number): Layer4 {
  return {
    protocol: protocol.sctp,
    bytes: Buffer.from([...be16(source), ...be16(destination), ...be32(0), ...be32(0)]),
    checksumAt: null,
  };
}

/** Echo request or reply of either family (RFC 792, RFC 4443 section 4). */
export function echo(
  family: 4 | 6,
  kind: 'request' | 'reply',
  identifier: number,
  sequence = 1,
  data: Uint8Array = new Uint8Array(),
): Layer4 {
  const type = family === 4 ? { request: 8, reply: 0 }[kind] : { request: 128, reply: 129 }[kind];
  return {
    protocol: family === 4 ? protocol.icmp : protocol.icmp6,
    bytes: Buffer.from([type, 0, 0, 0, ...be16(identifier), ...be16(sequence), ...data]),
    checksumAt: 2,
  };
}

/** An ICMP error that quotes a packet. `info`: the 32 bits behind the checksum (MTU, unused, ...). */
export function icmpError(family: 4 | 6, type: number, code: number, quoted: Uint8Array, info = 0): Layer4 {
  return {
    protocol: family === 4 ? protocol.icmp : protocol.icmp6,
    bytes: Buffer.from([type, code, 0, 0, ...be32(info), ...quoted]),
    checksumAt: 2,
  };
}

/** What an error quotes: at most `bytes` of the packet. */
export const quote = (packet: Uint8Array, bytes = 128): Uint8Array => packet.subarray(0, bytes);

export const raw = (number: number, bytes: Uint8Array): Layer4 => ({
  protocol: number,
  bytes: Buffer.from(bytes),
  checksumAt: null,
});
