/** The text forms of two configurations, line by line beside each other. */
import { type Config, redact, toText } from '@gatehouse/config';
import { useMemo } from 'react';
import { cn } from '@/lib/cn';
import { type Line, pairLines } from './lines';

const CONTEXT = 3;

/** Only lines near a change; gaps stay as gaps. */
function excerpt(lines: readonly Line[]): (Line | null)[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((line) => line.before !== line.after),
  );
  return lines.flatMap((line, i) => (near[i] ? [line] : near[i - 1] ? [null] : []));
}

export function SideBySide({ before, after }: { before: Config; after: Config }) {
  const lines = useMemo(
    () => excerpt(pairLines(toText(redact(before)).split('\n'), toText(redact(after)).split('\n'))),
    [before, after],
  );
  if (!lines.length) return <p className="text-muted">The text forms are the same.</p>;
  const cell = 'w-1/2 px-2 align-top whitespace-pre-wrap break-all';
  return (
    <table aria-label="Text, before and after" className="w-full table-fixed border-collapse font-mono text-xs">
      <thead>
        <tr className="text-left text-muted">
          <th className="px-2 py-1">Before</th>
          <th className="px-2 py-1">After</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line, i) => {
          const changed = line && line.before !== line.after;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
            <tr key={i} className="border-t border-line/50">
              <td className={cn(cell, changed && line.before !== null && 'text-deny')}>
                {line ? `${changed && line.before !== null ? '- ' : '  '}${line.before ?? ''}` : '…'}
              </td>
              <td className={cn(cell, changed && line.after !== null && 'text-permit')}>
                {line ? `${changed && line.after !== null ? '+ ' : '  '}${line.after ?? ''}` : '…'}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
