/** What the network gave an interface, from dhcpcd's lease files: the server's last message as it came. */

export type Lease = {
  interface: string;
  ipv4: {
    /** With prefix length. */
    address: string;
    server: string | null;
    routers: string[];
    /** Seconds of the whole lease. */
    seconds: number | null;
  } | null;
  ipv6: {
    addresses: string[];
    /** Delegated prefixes. */
    prefixes: string[];
  } | null;
  dns: string[];
  ntp: string[];
  domain: string | null;
};

type Options = Map<number, Buffer>;

const addresses4 = (bytes: Buffer | undefined): string[] =>
  Array.from(
    { length: Math.floor((bytes?.length ?? 0) / 4) },
    (_, i) => bytes?.subarray(i * 4, i * 4 + 4).join('.') ?? '',
  );

const address6 = (bytes: Buffer): string =>
  new URL(`http://[${(bytes.toString('hex').match(/..../g) ?? []).join(':')}]/`).hostname.slice(1, -1);
const addresses6 = (bytes: Buffer | undefined): string[] =>
  Array.from({ length: Math.floor((bytes?.length ?? 0) / 16) }, (_, i) =>
    address6((bytes as Buffer).subarray(i * 16, i * 16 + 16)),
  );

const ones = (mask: Buffer): number =>
  [...mask].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);

/** A name as the wire has it (RFC 1035, section 3.1), or null when it is none that a name server would take. */
function hostName(text: string): string | null {
  const name = text.replace(/[\0.]+$/, '');
  return /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(name) ? name : null;
}

/** RFC 2131, section 2 (fixed part, magic cookie) and RFC 2132 (options). Null: no such message. */
function parse4(message: Buffer): Pick<Lease, 'ipv4' | 'dns' | 'ntp' | 'domain'> | null {
  if (message.length < 240 || message.readUInt32BE(236) !== 0x63825363) return null;
  const options: Options = new Map();
  for (let at = 240; at + 1 < message.length && message[at] !== 255; ) {
    const code = message[at] as number;
    if (code === 0) {
      at += 1;
      continue;
    }
    const length = message[at + 1] as number;
    options.set(code, message.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const mask = options.get(1);
  const time = options.get(51);
  return {
    ipv4: {
      address: `${addresses4(message.subarray(16, 20))[0]}/${mask?.length === 4 ? ones(mask) : 32}`,
      server: addresses4(options.get(54))[0] ?? null,
      routers: addresses4(options.get(3)),
      seconds: time?.length === 4 ? time.readUInt32BE() : null,
    },
    dns: addresses4(options.get(6)),
    ntp: addresses4(options.get(42)),
    domain: hostName(options.get(15)?.toString('latin1') ?? ''),
  };
}

/** Options one after the other: code, length, value (RFC 8415, section 21.1). */
function* options6(bytes: Buffer): Generator<[code: number, value: Buffer]> {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2);
    yield [bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length)];
    at += 4 + length;
  }
}

/** First name of a list (RFC 1035 labels). */
function firstName(bytes: Buffer): string | null {
  const labels: string[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== 0; at += 1 + (bytes[at] as number))
    labels.push(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] as number)));
  return hostName(labels.join('.'));
}

/** A Reply of RFC 8415: IA_NA (3) with addresses (5), IA_PD (25) with prefixes (26); DNS (23, 24: RFC 3646). */
function parse6(message: Buffer): Pick<Lease, 'ipv6' | 'dns' | 'domain'> | null {
  if (message.length < 4) return null;
  const found = {
    ipv6: { addresses: [] as string[], prefixes: [] as string[] },
    dns: [] as string[],
    domain: null as string | null,
  };
  for (const [code, value] of options6(message.subarray(4))) {
    if (code === 23) found.dns.push(...addresses6(value));
    if (code === 24) found.domain = firstName(value);
    if (code !== 3 && code !== 25) continue;
    // both begin with IAID, T1 and T2
    for (const [inner, part] of options6(value.subarray(12))) {
      if (inner === 5 && part.length >= 24) found.ipv6.addresses.push(address6(part.subarray(0, 16)));
      if (inner === 26 && part.length >= 25) found.ipv6.prefixes.push(`${address6(part.subarray(9, 25))}/${part[8]}`);
    }
  }
  return found;
}

/** `four`, `six`: contents of NAME.lease and NAME.lease6, null where there is none. What can not be read counts as none. */
export function parseLease(name: string, four: Buffer | null, six: Buffer | null): Lease {
  const [v4, v6] = [four && parse4(four), six && parse6(six)];
  return {
    interface: name,
    ipv4: v4?.ipv4 ?? null,
    ipv6: v6?.ipv6 ?? null,
    dns: [...(v4?.dns ?? []), ...(v6?.dns ?? [])],
    ntp: v4?.ntp ?? [],
    domain: v4?.domain ?? v6?.domain ?? null,
  };
}
