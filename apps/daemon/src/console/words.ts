/** Pieces of text for a screen of 80 columns that may be a serial line. */

export const WIDTH = 80;

/** Without what a terminal could take for a command: a name or a service's message may hold anything. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');

/** At most `width` characters. */
export const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 3))}...` : text;

/** "2026-11-27 12:00 UTC". */
export const minuteOf = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export const short = (revision: string): string => revision.slice(0, 12);

/** Words in lines of at most `width`, the further ones indented; several spaces become one. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plain(text).split(' ').filter(Boolean)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${' '.repeat(indent)}${cut(word, width - indent)}`;
    } else line = line ? `${line} ${word}` : cut(word, width);
  }
  return [...lines, line];
}
