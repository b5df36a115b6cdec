/**
 * Block lists are strangers' text. A name counts only when parseDomain() takes it and it has a dot, so that no list blocks a whole top
 * level or says anything else to the resolver. Everything else is skipped and counted.
 */
import { parseDomain } from '@gatehouse/config';
import type { BlockListSource } from './plan.ts';

export type BlockList = {
  blocked: string[];
  /** What the list itself takes out again (adblock's "@@"). */
  exceptions: string[];
  /** Lines that say nothing the format knows. */
  skipped: number;
  /** More names than the limit: the rest is left away. */
  cut: boolean;
};

const NOWHERE = new Set(['0.0.0.0', '127.0.0.1', '::', '::1']);
const MAX_LINE = 512;

type Line = { blocked: string[]; exceptions: string[] } | null;
const block = (...names: string[]): Line => ({ blocked: names, exceptions: [] });

const READERS: Record<BlockListSource['format'], (line: string) => Line> = {
  hosts: (line) => {
    const [address = '', ...names] = line.split(/\s+/);
    // an entry that leads elsewhere would be an override, not a block
    return NOWHERE.has(address) && names.length > 0 ? block(...names) : null;
  },
  domains: (line) => (/\s/.test(line) ? null : block(line.replace(/^\*\./, ''))),
  adblock: (line) => {
    const [, exception, name] = /^(@@)?\|\|([^/^$*|]+)\^(?:\$important)?$/.exec(line) ?? [];
    if (name === undefined) return null;
    return exception ? { blocked: [], exceptions: [name] } : block(name);
  },
};

function usable(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const domain = parseDomain(name);
    return domain?.includes('.') && !/(^|\.)\d+$/.test(domain) ? [domain] : [];
  });
}

/** `limit`: the most names that are taken. */
export function parseBlockList(text: string, format: BlockListSource['format'], limit: number): BlockList {
  const blocked = new Set<string>();
  const exceptions = new Set<string>();
  let skipped = 0;
  let cut = false;
  for (const raw of text.split(/\r?\n|\r/)) {
    const line = (format === 'adblock' ? raw : raw.replace(/#.*/, '')).trim();
    if (line === '' || line.startsWith('!') || line.startsWith('#') || line.startsWith('[')) continue;
    const found = line.length > MAX_LINE ? null : READERS[format](line);
    const names = usable(found?.blocked ?? []);
    const free = usable(found?.exceptions ?? []);
    if (names.length + free.length === 0) skipped += 1;
    for (const [set, items] of [
      [blocked, names],
      [exceptions, free],
    ] as const)
      for (const name of items) {
        if (blocked.size + exceptions.size < limit) set.add(name);
        else if (!set.has(name)) cut = true;
      }
  }
  return { blocked: [...blocked], exceptions: [...exceptions], skipped, cut };
}
