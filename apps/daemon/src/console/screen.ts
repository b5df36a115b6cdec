/** What stands on the console while nobody uses it: pure, from facts to at most 22 lines of 80 columns. */
import type { Slot } from '../appliance/update/slots.ts';
import { terminalQr } from './qr.ts';
import { cut, minuteOf, plain, short, WIDTH, wrap } from './words.ts';

export type Port = {
  name: string;
  zone: string | null;
  link: 'up' | 'no link' | 'off' | 'missing';
  addresses: string[];
};

export type ScreenFacts = {
  version: string;
  /** Null where there is no image, or when they could not be read. */
  slots: Slot[] | null;
  hostName: string;
  running: { revision: string; time: number | null } | null;
  /** A change under Test. */
  pending: { actor: string; deadline: number } | null;
  /** Parts that are not well. */
  trouble: { name: string; state: string; message: string }[];
  ports: Port[];
  /** URLs of the page. */
  pages: string[];
  /** SHA-256 of a certificate that browsers warn of, with colons; null when there is none. */
  fingerprint: string | null;
  /** What the QR code says; null when there is an administrator, or no address to reach the page at. */
  setupUrl: string | null;
  setupToken: string | null;
  now: number;
};

/** Two lines are left for what the front of the console says. */
const LINES = 22;
const LABEL = 8;
const GAP = 2;
/** Characters of a message. */
const MESSAGE = 110;
const NO_PAGE = 'can not be reached: no port has a link, an address and a zone that admits it (web)';
const SETUP = 'Type it on the page: it makes the first administrator.';

const row = (label: string, text: string, width: number): string[] =>
  wrap(text, width - LABEL).map((line, index) => `${(index ? '' : label).padEnd(LABEL)}${line}`);

/** In pieces of four bytes, so that a line can end between them. */
const groups = (fingerprint: string): string => (fingerprint.match(/(..:){3}../g) ?? []).join(' ');

function slotWords({ version, slots }: ScreenFacts): string {
  const own = slots?.find((slot) => slot.running);
  const others = (slots ?? []).filter((slot) => !slot.running);
  const words = others.map((slot) => `${slot.version} ${slot.state}${slot.next ? ', starts next' : ''}`);
  return [`${version}${own ? ` ${own.state}` : ''}`, ...words.map((text) => `other slot ${text}`)].join('; ');
}

function stateWords({ pending, now }: ScreenFacts): string | null {
  if (!pending) return null;
  const left = Math.max(0, Math.ceil((pending.deadline - now) / 60_000));
  return `a change by ${pending.actor} is undone at ${minuteOf(pending.deadline)} (in ${left} min) unless it is kept`;
}

function portLines(ports: readonly Port[], width: number, room: number): string[] {
  const shown = ports.length > room ? ports.slice(0, room - 1) : ports;
  const [name, zone] = [
    Math.min(15, Math.max(4, ...shown.map((port) => port.name.length))),
    Math.min(12, Math.max(4, ...shown.map((port) => (port.zone ?? '-').length))),
  ];
  const lines = shown.map((port) => {
    const head = `${port.name.padEnd(name)} ${cut(port.zone ?? '-', zone).padEnd(zone)} ${port.link.padEnd(7)} `;
    const [first = '-', ...more] = port.addresses;
    const all = [first, ...more].join(', ');
    const some = more.length ? `${first} +${more.length}` : first;
    return cut(`${head}${head.length + all.length <= width ? all : some}`, width);
  });
  return [...lines, ...(shown.length < ports.length ? [`and ${ports.length - shown.length} more ports`] : [])];
}

/** At most LINES lines. What does not fit is ports, as long as three of them are left, then trouble. */
function lines(facts: ScreenFacts, width: number): string[] {
  const { running, setupToken, ports } = facts;
  const state = stateWords(facts);
  const since = running?.time == null ? '' : ` of ${minuteOf(running.time)}`;
  const top = [
    cut(`Gatehouse ${facts.version} on ${facts.hostName}`, width),
    '-'.repeat(width),
    ...(facts.slots ? row('Image', slotWords(facts), width) : []),
    ...row('Config', running ? `${short(running.revision)}${since}` : 'none', width),
    ...(state ? row('Test', state, width) : []),
  ];
  const pages = facts.pages.length ? facts.pages.slice(0, 2) : [NO_PAGE];
  const bottom = [
    '',
    ...pages.flatMap((url, index) => row(index ? '' : 'Page', url, width)),
    ...(facts.fingerprint ? row('SHA-256', groups(facts.fingerprint), width) : []),
    ...(setupToken ? ['', ...row('Token', setupToken, width), ...row('', SETUP, width)] : []),
  ];
  const trouble = facts.trouble
    .slice(0, 3)
    .flatMap((item) => row('Trouble', `${item.name} ${item.state}: ${cut(plain(item.message), MESSAGE)}`, width));
  const room = LINES - top.length - bottom.length - 1;
  const forPorts = Math.min(ports.length, Math.max(3, room - trouble.length));
  return [
    ...top,
    ...trouble.slice(0, Math.max(0, room - forPorts)),
    '',
    ...portLines(ports, width, forPorts),
    ...bottom,
  ];
}

/** The whole screen; ends with a newline. The QR code stands at the right, as long as there is something to set up. */
export function screenText(facts: ScreenFacts): string {
  const qr = facts.setupUrl === null ? null : terminalQr(facts.setupUrl);
  if (!qr) return `${lines(facts, WIDTH).join('\n')}\n`;
  const width = WIDTH - qr.width - GAP;
  const left = lines(facts, width);
  const height = Math.max(left.length, qr.lines.length);
  return Array.from({ length: height }, (_, index) => {
    const code = qr.lines[index];
    return `${code ? `${(left[index] ?? '').padEnd(width + GAP)}${code}` : (left[index] ?? '')}\n`;
  }).join('');
}
