/** Finds the packet in what somebody pastes: a log line, a tuple, or an Ethernet frame in hex. Pure. */

export type Form = {
  interface: string;
  source: string;
  destination: string;
  protocol: string;
  sourcePort: string;
  destinationPort: string;
};

const IP4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const IP6 = '(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}';
const END = new RegExp(String.raw`(?:\[(${IP6})\](?::(\d{1,5}))?|(${IP4})(?:[:.](\d{1,5}))?(?![\d.])|(${IP6}))`, 'g');

/** Two ends and a protocol in a line of text. */
function fromText(text: string): Partial<Form> | null {
  const ends = [...text.matchAll(END)].map((match) => ({
    address: match[1] ?? match[3] ?? match[5] ?? '',
    port: match[2] ?? match[4] ?? '',
  }));
  const [source, destination] = ends;
  if (!source || !destination) return null;
  const protocol = /\b(tcp|udp|icmp6|icmpv6|icmp|sctp)\b/i.exec(text)?.[1]?.toLowerCase();
  return {
    source: source.address,
    destination: destination.address,
    sourcePort: source.port,
    destinationPort: destination.port,
    ...(protocol ? { protocol: protocol === 'icmpv6' ? 'icmp6' : protocol } : {}),
  };
}

const PROTOCOLS: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };
const hexGroups = (bytes: Uint8Array): string =>
  Array.from({ length: 8 }, (_, i) => (((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0)).toString(16)).join(':');

/** Addresses, protocol and ports of an Ethernet frame, with or without one VLAN tag. */
function fromFrame(bytes: Uint8Array): Partial<Form> | null {
  const word = (at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const l3 = word(12) === 0x8100 ? 18 : 14;
  const type = word(l3 - 2);
  if (type !== 0x0800 && type !== 0x86dd) return null;
  const v4 = type === 0x0800;
  const number = bytes[l3 + (v4 ? 9 : 6)] ?? 0;
  const l4 = l3 + (v4 ? ((bytes[l3] ?? 0) & 15) * 4 : 40);
  if (bytes.length < l4 + 4) return null;
  const address = (at: number) => (v4 ? bytes.subarray(at, at + 4).join('.') : hexGroups(bytes.subarray(at, at + 16)));
  const ports = [6, 17, 132].includes(number);
  return {
    source: address(l3 + (v4 ? 12 : 8)),
    destination: address(l3 + (v4 ? 16 : 24)),
    protocol: PROTOCOLS[number] ?? String(number),
    sourcePort: ports ? String(word(l4)) : '',
    destinationPort: ports ? String(word(l4 + 2)) : '',
  };
}

export function parsePaste(text: string): Partial<Form> | null {
  const hex = text.replace(/^\s*(?:0x)?[0-9a-f]{4}:\s/gim, '').replace(/[\s:]/g, '');
  if (/^(?:[0-9a-fA-F]{2}){34,}$/.test(hex))
    return fromFrame(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
  return fromText(text);
}
