/** A QR code for a terminal: two modules a character, light on dark whatever the terminal's own colours are. */
import { encodeQR } from 'qr';

/** Of the four that ISO/IEC 18004 asks for: on a dark screen the rest would have to be light as well, and 24 lines are few. */
const QUIET = 2;
/** Bright white on black; what ends it. */
const [COLOURS, PLAIN] = ['\x1b[97;40m', '\x1b[0m'];
const CELLS = { '00': '█', '01': '▀', '10': '▄', '11': ' ' } as const;

export type Qr = { width: number; lines: string[] };

/** @throws Error when the text is too long for a QR code */
export function terminalQr(text: string): Qr {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: QUIET });
  const lines: string[] = [];
  for (let y = 0; y < rows.length; y += 2) {
    const cells = (rows[y] ?? []).map(
      (dark, x) => CELLS[`${dark ? 1 : 0}${rows[y + 1]?.[x] ? 1 : 0}` as keyof typeof CELLS],
    );
    lines.push(`${COLOURS}${cells.join('')}${PLAIN}`);
  }
  return { width: rows.length, lines };
}
