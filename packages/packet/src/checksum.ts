/** The Internet checksum (RFC 1071) over parts that begin at even offsets; the last may have an odd length. */
export function checksum(...parts: Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] as number) << 8) | (part[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1). */
export function pseudoHeader(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): Uint8Array {
  const tail =
    source.length === 4
      ? [0, protocol, length >> 8, length & 255]
      : [0, length >> 16, (length >> 8) & 255, length & 255, 0, 0, 0, protocol];
  return Uint8Array.from([...source, ...destination, ...tail]);
}
