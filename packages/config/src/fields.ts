/** Building blocks of the schema: value types that accept every usual spelling and keep the canonical one. */
import { z } from 'zod';
import { formatCidr, formatIp, networkOf, parseCidr, parseIp, parseLiteral, parsePorts } from './values.ts';

export type SecretKind = 'password' | 'private-key';

/** What the page, the documentation and the difference say about a field. `key`: the field that names an item in the text form. */
export type FieldMeta = {
  label?: string;
  help?: string;
  /** Lists of objects: what one item is called. */
  object?: string;
  /** Lists whose order decides. */
  ordered?: boolean;
  /** Lists: the field that names an item in the text form. */
  key?: string;
  /** Sealed by the box; of this kind. */
  secret?: SecretKind;
  /** Text of several lines. */
  multiline?: boolean;
};

type Refused = { message: string; remedy: string };

/** A string that `parse` turns into its canonical form, or refuses with a reason and a remedy. */
export function text(parse: (value: string) => string | Refused) {
  return z.string().transform((value, context) => {
    const result = parse(value);
    if (typeof result === 'string') return result;
    context.addIssue({ code: 'custom', message: result.message, params: { remedy: result.remedy } });
    return z.NEVER;
  });
}

export const ip = text((value) => {
  const parsed = parseIp(value);
  return parsed
    ? formatIp(parsed)
    : { message: 'is not an IPv4 or IPv6 address', remedy: 'Write for example 192.0.2.1 or 2001:db8::1.' };
});

const ofFamily = (family: 4 | 6, example: string) =>
  text((value) => {
    const parsed = parseIp(value);
    return parsed?.family === family
      ? formatIp(parsed)
      : { message: `is not an IPv${family} address`, remedy: `Write for example ${example}.` };
  });
export const ip4 = ofFamily(4, '192.0.2.1');
export const ip6 = ofFamily(6, '2001:db8::1');

export const prefix = text((value) => {
  const parsed = parseCidr(value);
  if (!parsed) return { message: 'is not a prefix', remedy: 'Write for example 192.0.2.0/24 or 2001:db8::/64.' };
  const network = formatCidr(networkOf(parsed));
  return network === formatCidr(parsed)
    ? network
    : { message: 'has bits set behind the prefix length', remedy: `Write ${network}.` };
});

/** Address with prefix length, as an interface has it. */
export const interfaceAddress = text((value) => {
  const parsed = parseCidr(value);
  if (!parsed) return { message: 'is not an address with a prefix length', remedy: 'Write for example 192.0.2.1/24.' };
  const network = networkOf(parsed);
  if (parsed.family === 4 && parsed.length < 31) {
    const broadcast = network.value + (1n << BigInt(32 - parsed.length)) - 1n;
    if (parsed.value === network.value || parsed.value === broadcast)
      return {
        message: `is the ${parsed.value === broadcast ? 'broadcast' : 'network'} address of its prefix`,
        remedy: `Choose a host address, for example ${formatIp({ family: 4, value: network.value + 1n })}/${parsed.length}.`,
      };
  }
  return formatCidr(parsed);
});

/** "80", "80-90" or "80,443". */
export const ports = text((value) =>
  parsePorts(value)
    ? value
    : {
        message: 'is not a list of ports',
        remedy: 'Write a port (80), a range (8000-8010) or several (80,443), up to 65535.',
      },
);

export const portRange = text((value) => {
  const parsed = parsePorts(value);
  return parsed?.length === 1
    ? value
    : { message: 'is not a port or one range', remedy: 'Write a port (443) or one range (1024-65535).' };
});

/** An address, a prefix or a range "first-last". */
export const addressSpan = text((value) => {
  if (!parseLiteral(value))
    return {
      message: 'is not an address, prefix or range',
      remedy: 'Write for example 203.0.113.10, 203.0.113.0/28 or 203.0.113.10-203.0.113.20.',
    };
  const single = parseIp(value);
  if (single) return formatIp(single);
  const cidr = parseCidr(value);
  if (!cidr) return value;
  const network = formatCidr(networkOf(cidr));
  return network === formatCidr(cidr)
    ? network
    : { message: 'has bits set behind the prefix length', remedy: `Write ${network}.` };
});

/** "first-last", both included; one address counts as a range of one. */
export const addressRange = text((value) => {
  const parsed = value.includes('/') ? null : parseLiteral(value.replaceAll(' ', ''));
  if (!parsed)
    return {
      message: 'is not a range of addresses',
      remedy: 'Write the first and the last address, the lower one first: 192.0.2.100-192.0.2.199.',
    };
  const [first, last] = [parsed.first, parsed.last].map((at) => formatIp({ family: parsed.family, value: at }));
  return `${first}-${last}`;
});

/** Bytes in hexadecimal, with or without colons. */
const bytes = (what: string, least: number, most: number, example: string) =>
  text((value) => {
    const digits = value.replaceAll(/[:.-]/g, '').toLowerCase();
    return /^([0-9a-f]{2})+$/.test(digits) && digits.length >= 2 * least && digits.length <= 2 * most
      ? (digits.match(/../g) as string[]).join(':')
      : { message: `is not ${what}`, remedy: `Write bytes in hexadecimal: ${example}.` };
  });
export const mac = bytes('a MAC address', 6, 6, '52:54:00:12:34:56');
export const clientId = bytes('a client id', 2, 255, '01:52:54:00:12:34:56');
/** RFC 8415, section 11: a type of two bytes and up to 128 more. */
export const duid = bytes('a DUID', 3, 130, '00:01:00:01:2a:3b:4c:5d:52:54:00:12:34:56');

/** A DNS name without its final dot (RFC 1123). */
export const domainName = text((value) => {
  const name = value.replace(/\.$/, '').toLowerCase();
  const labels = name.split('.');
  return name.length <= 253 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
    ? name
    : { message: 'is not a domain name', remedy: 'Write letters, digits and hyphens, with dots between: home.arpa.' };
});

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const objectName = text((value) =>
  NAME.test(value)
    ? value
    : {
        message: 'is not a name',
        remedy: 'Use up to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.',
      },
);

/** Kernel device names: IFNAMSIZ is 16 with the final zero; no slash, no white space. */
export const deviceName = text((value) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/.test(value)
    ? value
    : { message: 'is not a device name', remedy: 'Use up to 15 letters, digits, dots, hyphens and underscores.' },
);

export const identity = text((value) =>
  /^[A-Za-z0-9:][A-Za-z0-9._:/-]{0,127}$/.test(value)
    ? value
    : { message: 'is not an id', remedy: 'Leave it away; the name serves as id.' },
);

/** One line of printable text. */
export const line = z
  .string()
  .max(255, { message: 'is longer than 255 characters' })
  .refine((value) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(value), {
    message: 'contains control characters or line breaks',
    params: { remedy: 'Write one line of printable text.' },
  });

/** An entry of a source or destination list: the name of an object, or a literal. */
export const addressEntry = text((value) => {
  const literal = parseIp(value);
  if (literal) return formatIp(literal);
  const cidr = parseCidr(value);
  if (cidr) {
    const network = formatCidr(networkOf(cidr));
    return network === formatCidr(cidr)
      ? network
      : { message: 'has bits set behind the prefix length', remedy: `Write ${network}.` };
  }
  if (NAME.test(value) || parseLiteral(value)) return value;
  return {
    message: 'is neither an address object nor an address',
    remedy: 'Name an address object, or write an address, prefix or range.',
  };
});

export const seconds = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);
