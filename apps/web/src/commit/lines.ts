/** Pairs the lines of two texts by a longest common subsequence. */

export type Line = { before: string | null; after: string | null };

/** Beyond this many cells, what lies between the common ends is shown as replaced. */
const MAX_CELLS = 4_000_000;

function commonEnds(a: readonly string[], b: readonly string[]): { start: number; end: number } {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { start, end };
}

const same = (line: string): Line => ({ before: line, after: line });

/** Removed and added lines between two common lines stand beside each other. */
function beside(removed: readonly string[], added: readonly string[]): Line[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, i) => ({
    before: removed[i] ?? null,
    after: added[i] ?? null,
  }));
}

export function pairLines(a: readonly string[], b: readonly string[]): Line[] {
  const { start, end } = commonEnds(a, b);
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  return [...a.slice(0, start).map(same), ...middle(left, right), ...a.slice(a.length - end).map(same)];
}

function middle(a: readonly string[], b: readonly string[]): Line[] {
  if (a.length * b.length > MAX_CELLS) return beside(a, b);
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const result: Line[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  let [i, j] = [0, 0];
  const flush = () => {
    result.push(...beside(removed, added));
    removed = [];
    added = [];
  };
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      flush();
      result.push(same(a[i] as string));
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) removed.push(a[i++] as string);
    else added.push(b[j++] as string);
  }
  flush();
  return result;
}
