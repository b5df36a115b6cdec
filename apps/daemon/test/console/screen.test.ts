/** The console's screen: fits 80x24 whatever it has to say, holds nothing that a terminal obeys, and a QR code that a phone reads. */
import decodeQR from 'qr/decode.js';
import { expect, it } from 'vitest';
import { type ScreenFacts, screenText } from '../../src/console/screen.ts';

const TOKEN = 'ABCD-EFGH-JKLM';
const NOW = Date.UTC(2026, 10, 27, 12, 0, 30);
const facts = (edit: Partial<ScreenFacts> = {}): ScreenFacts => ({
  version: '0.1.0',
  slots: [
    { version: '0.1.0', running: true, next: false, state: 'good' },
    { version: '0.2.0', running: false, next: true, state: 'new' },
  ],
  hostName: 'gatehouse',
  running: { revision: '0123456789abcdef'.repeat(4), time: NOW },
  pending: null,
  trouble: [],
  ports: [
    { name: 'enp0s4', zone: 'wan', link: 'no link', addresses: [] },
    { name: 'enp0s5', zone: 'lan', link: 'up', addresses: ['192.168.1.1/24', '2001:db8:1:2:3:4:5:6/64'] },
  ],
  pages: ['http://192.168.1.1:8080/'],
  fingerprint: Array.from({ length: 32 }, (_, index) => (index + 160).toString(16).toUpperCase()).join(':'),
  setupUrl: `http://192.168.1.1:8080/setup#${TOKEN}`,
  setupToken: TOKEN,
  now: NOW,
  ...edit,
});
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const rowsOf = (text: string) => text.replace(COLOURS, '').trimEnd().split('\n');

/** The code at the right of the screen as pixels, read as a camera's picture is. */
function readQr(text: string): string {
  const SCALE = 4;
  const QUIET = 4;
  const cells = text.split('\n').flatMap((line) => {
    const code = line.split(COLOURS)[1];
    if (code === undefined) return [];
    const row = (light: string) => [...code].map((cell) => !light.includes(cell));
    return [row('█▀'), row('█▄')];
  });
  const size = ((cells[0]?.length ?? 0) + 2 * QUIET) * SCALE;
  const data = new Uint8Array(size * size * 3).fill(255);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (cells[Math.floor(y / SCALE) - QUIET]?.[Math.floor(x / SCALE) - QUIET])
        data.fill(0, (y * size + x) * 3, (y * size + x) * 3 + 3);
  return decodeQR({ width: size, height: size, data });
}

it('says what somebody needs who stands before a new box', () => {
  const text = screenText(facts());
  for (const words of [
    '0.1.0',
    'gatehouse',
    TOKEN,
    'enp0s5',
    '192.168.1.1/24',
    'no link',
    'http://192.168.1.1:8080/',
    'BC:BD:BE:BF',
  ])
    expect(text).toContain(words);
  expect(readQr(text)).toBe(`http://192.168.1.1:8080/setup#${TOKEN}`);
});

it('without a token there is no code', () => {
  const text = screenText(facts({ setupToken: null, setupUrl: null }));
  expect(text).not.toMatch(/[█▀▄]|Token/);
});

it('tells what is under Test, how long it lasts, and what is not well', () => {
  const text = screenText(
    facts({
      setupToken: null,
      setupUrl: null,
      pending: { actor: 'anna', deadline: NOW + 150_000 },
      trouble: [{ name: 'dns', state: 'degraded', message: 'list "ads" could not be fetched' }],
    }),
  );
  expect(text).toMatch(/change by anna is undone at 2026-11-27 12:03 UTC \(in 3 min\)/);
  expect(text).toContain('dns degraded: list "ads" could not be fetched');
});

it('fits 80 columns and 24 lines with many ports, long names and much trouble', () => {
  const ports = Array.from({ length: 40 }, (_, index) => ({
    name: `enp${index}s0f1np1.40${index}`.slice(0, 15),
    zone: 'a-zone-with-a-very-long-name-indeed',
    link: 'up' as const,
    addresses: Array.from({ length: 4 }, (_unused, host) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${host}/64`),
  }));
  const trouble = Array.from({ length: 9 }, () => ({ name: 'dns', state: 'failed', message: 'no '.repeat(200) }));
  for (const edit of [{}, { setupToken: null, setupUrl: null }])
    for (const some of [ports, ports.slice(0, 12), ports.slice(0, 1)]) {
      const pending = { actor: 'somebody-with-a-long-name', deadline: NOW + 60_000 };
      const rows = rowsOf(screenText(facts({ ports: some, trouble, pending, hostName: 'h'.repeat(63), ...edit })));
      expect(rows.length).toBeLessThanOrEqual(22);
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(80);
      expect(rows.join('\n')).toContain('http://192.168.1.1:8080/');
    }
});

it('a message can not command the terminal', () => {
  const message = 'bad \x1b[2J\x1b]0;title\x07 \u202enews\n';
  const text = screenText(facts({ setupUrl: null, trouble: [{ name: 'dns', state: 'failed', message }] }));
  expect(text.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
