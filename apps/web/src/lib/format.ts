/** Numbers as people read them. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number): string => grouped.format(value);
export const compact = (value: number): string => (value < 10_000 ? grouped.format(value) : short.format(value));

function scaled(value: number, units: readonly string[], base: number): string {
  let power = 0;
  let rest = value;
  while (rest >= base && power < units.length - 1) {
    rest /= base;
    power++;
  }
  return `${rest < 10 && power > 0 ? rest.toFixed(1) : Math.round(rest)} ${units[power]}`;
}

/** Bytes in binary units (IEC 80000-13). */
export const bytes = (value: number): string => scaled(value, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], 1024);
/** Bytes per second as bits per second. */
export const bitRate = (bytesPerSecond: number): string =>
  scaled(bytesPerSecond * 8, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'], 1000);
/** Link speed in Mbit/s. */
export const linkSpeed = (mbit: number): string => bitRate(mbit * 125_000);

/** "3 min", "2 h", "5 d": the largest unit that says enough. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Minutes and seconds of a countdown. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const revisionShort = (hash: string): string => hash.slice(0, 8);

/** "address:port", IPv6 in brackets (RFC 3986 section 3.2.2). */
export const endpoint = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}${port ? `:${port}` : ''}`;
