/**
 * The difference of two configurations in a person's words. Objects are followed by their id, so a rename is a change of the field name;
 * in ordered lists the fewest moves are reported (all but a longest increasing subsequence).
 */
import type { Path } from './issue.ts';
import type { Config } from './schema.ts';
import { SECRET_MASK } from './secrets.ts';
import {
  configTree,
  isIdentified,
  type ListNode,
  type Node,
  type ObjectNode,
  objectOf,
  type TreeField,
} from './tree.ts';

export type FieldChange = { field: string; label: string; before: string | null; after: string | null };
export type Change = {
  kind: 'added' | 'removed' | 'changed' | 'moved';
  /** "Policy", "Zone", ... or "Settings" for what stands alone. */
  objectType: string;
  id: string;
  name: string;
  /** Where it is in the new configuration; in the old one for removed objects. */
  path: Path;
  /** One line in words. */
  title: string;
  fields: FieldChange[];
};

type Item = Record<string, unknown> & { id: string; name?: string; destination?: string };
const nameOf = (item: Item): string => item.name ?? item.destination ?? item.id;
const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A value in words; null when there is none. */
function words(node: Node | undefined, value: unknown, secret = false): string | null {
  if (value === undefined || value === null) return null;
  if (secret) return SECRET_MASK;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.length ? value.map((item) => words(undefined, item)).join(', ') : 'none';
  if (typeof value !== 'object') return String(value);
  const fields = node && (node.kind === 'object' || node.kind === 'union') ? objectOf(node, value)?.fields : undefined;
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${fields?.find((field) => field.key === key)?.meta.label ?? key} ${words(undefined, item)}`)
    .join(', ');
}

/** Changed fields of one object; nested objects are flattened ("Log, Log at start"). */
function fieldChanges(
  fields: TreeField[],
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  prefix = '',
): FieldChange[] {
  return fields.flatMap((field): FieldChange[] => {
    if (field.key === 'id') return [];
    const [a, b] = [before[field.key], after[field.key]];
    if (equal(a, b)) return [];
    const isSecret = field.meta.secret !== undefined;
    const label = `${prefix}${field.meta.label ?? field.key}`;
    if (field.node.kind === 'object' && a && b)
      return fieldChanges(field.node.fields, a as Record<string, unknown>, b as Record<string, unknown>, `${label}, `);
    return [
      {
        field: field.key,
        label,
        before: words(field.node, a, isSecret),
        after: words(field.node, b, isSecret),
      },
    ];
  });
}

/** Fields of an object that are set, as changes from or to nothing. */
function wholeObject(node: ObjectNode | undefined, item: Item, side: 'before' | 'after'): FieldChange[] {
  return (node?.fields ?? []).flatMap((field) => {
    const value = item[field.key];
    if (
      field.key === 'id' ||
      value === undefined ||
      equal(value, field.fallback) ||
      (Array.isArray(value) && !value.length)
    )
      return [];
    const text = words(field.node, value, field.meta.secret !== undefined);
    return [
      {
        field: field.key,
        label: field.meta.label ?? field.key,
        before: side === 'before' ? text : null,
        after: side === 'after' ? text : null,
      },
    ];
  });
}

/** Indexes into `numbers` of a longest increasing subsequence. */
function longestIncreasing(numbers: number[]): Set<number> {
  const previous: number[] = [];
  const tails: number[] = [];
  numbers.forEach((value, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[tails[middle] as number] as number) < value) low = middle + 1;
      else high = middle;
    }
    previous[index] = low ? (tails[low - 1] as number) : -1;
    tails[low] = index;
  });
  const kept = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] as number) kept.add(at);
  return kept;
}

const change = (text: FieldChange): string => `${text.label} ${text.before ?? 'not set'} → ${text.after ?? 'not set'}`;

function diffList(field: TreeField, path: Path, before: Item[], after: Item[]): Change[] {
  const node = (field.node as ListNode).item as ObjectNode;
  const objectType = field.meta.object ?? field.meta.label ?? field.key;
  const old = new Map(before.map((item, index) => [item.id, index]));
  const current = new Map(after.map((item, index) => [item.id, index]));
  const changes: Change[] = [];
  const base = (item: Item, index: number) => ({ objectType, id: item.id, name: nameOf(item), path: [...path, index] });
  before.forEach((item, index) => {
    if (current.has(item.id)) return;
    changes.push({
      ...base(item, index),
      kind: 'removed',
      title: `${objectType} ${nameOf(item)} removed`,
      fields: wholeObject(objectOf(node, item), item, 'before'),
    });
  });
  after.forEach((item, index) => {
    const from = old.get(item.id);
    if (from === undefined) {
      changes.push({
        ...base(item, index),
        kind: 'added',
        title: `${objectType} ${nameOf(item)} added`,
        fields: wholeObject(objectOf(node, item), item, 'after'),
      });
      return;
    }
    const was = before[from] as Item;
    const all = new Map(
      [...(objectOf(node, was)?.fields ?? []), ...(objectOf(node, item)?.fields ?? [])].map((entry) => [
        entry.key,
        entry,
      ]),
    );
    const fields = fieldChanges([...all.values()], was, item);
    if (fields.length)
      changes.push({
        ...base(item, index),
        kind: 'changed',
        title: `${objectType} ${nameOf(was)}: ${fields.map(change).join('; ')}`,
        fields,
      });
  });
  if (!field.meta.ordered) return changes;
  const common = after.filter((item) => old.has(item.id));
  const kept = longestIncreasing(common.map((item) => old.get(item.id) as number));
  common.forEach((item, position) => {
    if (kept.has(position)) return;
    const index = current.get(item.id) as number;
    const neighbour = after[index - 1];
    changes.push({
      ...base(item, index),
      kind: 'moved',
      title: `${objectType} ${nameOf(item)} moved ${neighbour ? `behind ${nameOf(neighbour)}` : 'to the top'}`,
      fields: [],
    });
  });
  return changes;
}

function diffObject(
  node: ObjectNode,
  path: Path,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  label: string,
): Change[] {
  const own: FieldChange[] = [];
  const changes: Change[] = [];
  for (const field of node.fields) {
    const [a, b] = [before[field.key], after[field.key]];
    if (equal(a, b)) continue;
    if (isIdentified(field.node)) changes.push(...diffList(field, [...path, field.key], a as Item[], b as Item[]));
    else if (field.node.kind === 'object' && a && b)
      changes.push(
        ...diffObject(
          field.node,
          [...path, field.key],
          a as Record<string, unknown>,
          b as Record<string, unknown>,
          field.meta.label ?? field.key,
        ),
      );
    else own.push(...fieldChanges([field], before, after));
  }
  if (own.length)
    changes.unshift({
      kind: 'changed',
      objectType: 'Settings',
      id: path.join('.'),
      name: label,
      path,
      title: `${label}: ${own.map(change).join('; ')}`,
      fields: own,
    });
  return changes;
}

/** What leads from `before` to `after`. Empty when they mean the same. */
export function diff(before: Config, after: Config): Change[] {
  return diffObject(configTree, [], before, after, 'Configuration');
}
