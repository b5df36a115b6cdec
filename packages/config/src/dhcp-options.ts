/**
 * DHCP options that a scope may hand out beside its own fields: names, codes and value types (RFC 2132, RFC 3442, RFC 8415, IANA's registry),
 * and their encoding. What this accepts has the right form; whether it makes sense to the clients is theirs.
 */
import { bitsOf, type Family, parseCidr, parseIp } from './values.ts';

export const optionTypes = [
  'address',
  'addresses',
  'text',
  'domains',
  'uint8',
  'uint16',
  'uint32',
  'int32',
  'boolean',
  'routes',
  'hex',
] as const;
export type OptionType = (typeof optionTypes)[number];
export type KnownOption = { name: string; code: number; type: OptionType };

export const dhcp4Options: readonly KnownOption[] = [
  { name: 'time-offset', code: 2, type: 'int32' },
  { name: 'log-servers', code: 7, type: 'addresses' },
  { name: 'interface-mtu', code: 26, type: 'uint16' },
  { name: 'vendor-encapsulated-options', code: 43, type: 'hex' },
  { name: 'netbios-name-servers', code: 44, type: 'addresses' },
  { name: 'netbios-node-type', code: 46, type: 'uint8' },
  { name: 'tftp-server-name', code: 66, type: 'text' },
  { name: 'boot-file-name', code: 67, type: 'text' },
  { name: 'smtp-server', code: 69, type: 'addresses' },
  { name: 'posix-timezone', code: 100, type: 'text' },
  { name: 'tzdb-timezone', code: 101, type: 'text' },
  { name: 'v6-only-preferred', code: 108, type: 'uint32' },
  { name: 'captive-portal', code: 114, type: 'text' },
  { name: 'classless-static-route', code: 121, type: 'routes' },
  { name: 'tftp-server-address', code: 150, type: 'addresses' },
  { name: 'wpad', code: 252, type: 'text' },
];

export const dhcp6Options: readonly KnownOption[] = [
  { name: 'information-refresh-time', code: 32, type: 'uint32' },
  { name: 'posix-timezone', code: 41, type: 'text' },
  { name: 'tzdb-timezone', code: 42, type: 'text' },
  { name: 'bootfile-url', code: 59, type: 'text' },
  { name: 'captive-portal', code: 103, type: 'text' },
];

const namesOf = (options: readonly KnownOption[]) => options.map((option) => option.name) as [string, ...string[]];
export const dhcp4OptionNames = namesOf(dhcp4Options);
export const dhcp6OptionNames = namesOf(dhcp6Options);

/** Codes that the server or a field of the scope sets. */
const TAKEN: Record<Family, Record<number, string>> = {
  4: { 3: 'gateway', 6: 'DNS servers', 15: 'domain name', 42: 'NTP servers', 51: 'lease time', 119: 'search domains' },
  6: { 23: 'DNS servers', 24: 'search domains', 31: 'NTP servers' },
};
const OF_THE_PROTOCOL: Record<Family, (code: number) => boolean> = {
  4: (code) => code === 1 || code === 50 || (code >= 52 && code <= 61 && code !== 60) || code === 81 || code === 82,
  6: (code) => code <= 20 || code === 25 || code === 26 || code === 39,
};
const LAST_CODE: Record<Family, number> = { 4: 254, 6: 65535 };

export type OptionEntry = { option: string | number; type?: OptionType; value: string };
export type OptionProblem = { field: 'option' | 'type' | 'value'; message: string; remedy: string };
export type EncodedOption = { code: number; hex: string };

const hex = (value: bigint, bytes: number): string =>
  BigInt.asUintN(8 * bytes, value)
    .toString(16)
    .padStart(2 * bytes, '0');
const listOf = (value: string): string[] => value.split(/[\s,]+/).filter(Boolean);

function integer(value: string, bytes: number, signed = false): string | null {
  if (!/^-?\d{1,10}$/.test(value)) return null;
  const number = BigInt(value);
  const [low, high] = signed
    ? [-(1n << BigInt(8 * bytes - 1)), 1n << BigInt(8 * bytes - 1)]
    : [0n, 1n << BigInt(8 * bytes)];
  return number >= low && number < high ? hex(number, bytes) : null;
}

function addresses(value: string, family: Family): string | null {
  const parsed = listOf(value).map(parseIp);
  if (!parsed.length || parsed.some((ip) => ip?.family !== family)) return null;
  return parsed.map((ip) => hex(ip?.value ?? 0n, bitsOf(family) / 8)).join('');
}

const utf8 = (value: string): string =>
  [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** RFC 1035, section 3.1: labels with their lengths, uncompressed. */
function domains(value: string): string | null {
  const names = listOf(value).map((name) => name.replace(/\.$/, '').split('.'));
  if (!names.length || names.some((labels) => labels.some((label) => !/^[A-Za-z0-9_-]{1,63}$/.test(label))))
    return null;
  return names
    .map((labels) => `${labels.map((label) => hex(BigInt(label.length), 1) + utf8(label)).join('')}00`)
    .join('');
}

/** RFC 3442: prefix length, the significant octets of the destination, the router. */
function routes(value: string): string | null {
  const parts = value.split(',').map((part) => /^\s*(\S+)\s+via\s+(\S+)\s*$/.exec(part));
  const encoded = parts.map((part) => {
    const prefix = parseCidr(part?.[1] ?? '');
    const router = parseIp(part?.[2] ?? '');
    if (prefix?.family !== 4 || router?.family !== 4) return null;
    const octets = 2 * Math.ceil(prefix.length / 8);
    return hex(BigInt(prefix.length), 1) + hex(prefix.value, 4).slice(0, octets) + hex(router.value, 4);
  });
  return encoded.includes(null) ? null : encoded.join('');
}

const ENCODERS: Record<OptionType, { encode: (value: string, family: Family) => string | null; form: string }> = {
  address: {
    encode: (value, family) => (listOf(value).length === 1 ? addresses(value, family) : null),
    form: 'one address of the scope’s family',
  },
  addresses: { encode: addresses, form: 'addresses of the scope’s family, with commas between them' },
  text: { encode: (value) => (value === '' ? null : utf8(value)), form: 'text' },
  domains: { encode: domains, form: 'domain names, with commas between them' },
  uint8: { encode: (value) => integer(value, 1), form: 'a number from 0 to 255' },
  uint16: { encode: (value) => integer(value, 2), form: 'a number from 0 to 65535' },
  uint32: { encode: (value) => integer(value, 4), form: 'a number from 0 to 4294967295' },
  int32: { encode: (value) => integer(value, 4, true), form: 'a number from -2147483648 to 2147483647' },
  boolean: { encode: (value) => ({ true: '01', false: '00' })[value] ?? null, form: 'true or false' },
  routes: { encode: routes, form: 'routes: 10.0.0.0/8 via 192.0.2.1, ...' },
  hex: {
    encode: (value) => {
      const digits = value.replaceAll(/[\s:]/g, '').toLowerCase();
      return /^([0-9a-f]{2})+$/.test(digits) ? digits : null;
    },
    form: 'bytes in hexadecimal: 0a:1b:2c',
  },
};

/** An option as the server sends it, or what is wrong with it. */
export function encodeOption(family: Family, entry: OptionEntry): EncodedOption | OptionProblem {
  const known = (family === 4 ? dhcp4Options : dhcp6Options).find(
    (option) => option.name === entry.option || option.code === entry.option,
  );
  const code = known?.code ?? Number(entry.option);
  const taken = TAKEN[family][code];
  if (taken) return { field: 'option', message: `is set by the field ${taken}`, remedy: 'Use that field.' };
  if (OF_THE_PROTOCOL[family](code))
    return { field: 'option', message: 'belongs to the protocol itself', remedy: 'Remove it; the server sets it.' };
  if (code > LAST_CODE[family])
    return { field: 'option', message: 'is too large', remedy: `The most is ${LAST_CODE[family]}.` };
  const type = entry.type ?? known?.type;
  if (!type)
    return { field: 'type', message: 'is missing', remedy: `The form of option ${code} is not known: choose one.` };
  const { encode, form } = ENCODERS[type];
  const encoded = encode(entry.value, family);
  if (encoded === null) return { field: 'value', message: `does not fit the type ${type}`, remedy: `Write ${form}.` };
  if (family === 4 && encoded.length > 2 * 255)
    return { field: 'value', message: 'is too long', remedy: 'An IPv4 option has at most 255 bytes.' };
  return { code, hex: encoded };
}
