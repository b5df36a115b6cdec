/** Taking one change of a draft back. Pure. */
import type { Change, Config, Path } from '@gatehouse/config';
import { isTaken, type ListName, REFERENCED, renamed } from '../forms/lists.ts';

type Item = { id: string; name?: string };

/** The list that a change's path ends in. */
function listAt(config: Config, path: Path): Item[] | null {
  let value: unknown = config;
  for (const part of path.slice(0, -1)) value = (value as Record<string | number, unknown> | undefined)?.[part];
  return Array.isArray(value) ? (value as Item[]) : null;
}

/** A copy in which the object has the name it had, and all that name it follow. */
function withOldName(config: Config, change: Change, name: string | undefined): Config {
  const list = change.path.slice(0, -1).join('.') as ListName;
  const follows = name !== undefined && list in REFERENCED && !isTaken(config, list, change.id, name);
  return follows ? renamed(config, list, change.id, name) : structuredClone(config);
}

/** A copy of the draft without one change. What stands alone is taken back by its whole section. */
export function undone(draft: Config, running: Config, change: Change): Config {
  const before = listAt(running, change.path);
  const was = before?.findIndex((item) => item.id === change.id) ?? -1;
  const old = before?.[was];
  const config = change.kind === 'changed' ? withOldName(draft, change, old?.name) : structuredClone(draft);
  const list = listAt(config, change.path);
  if (!list || !before) {
    const [section] = change.path;
    Object.assign(config, { [section as string]: structuredClone(running[section as keyof Config]) });
    return config;
  }
  const at = list.findIndex((item) => item.id === change.id);
  if (change.kind === 'added' && at >= 0) list.splice(at, 1);
  else if (change.kind === 'removed' && old) list.splice(Math.min(was, list.length), 0, structuredClone(old));
  else if (change.kind === 'moved' && at >= 0) list.splice(was, 0, ...list.splice(at, 1));
  else if (at >= 0 && old) list[at] = structuredClone(old);
  return config;
}
