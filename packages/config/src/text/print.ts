/**
 * The text form: hierarchical, one statement a line, readable in a terminal and in git. What has its default value is left away.
 *
 *   zones {
 *     lan { interfaces [ lan0 ]; host-inbound [ ping web ]; }
 *   }
 */
import type { Config } from '../schema.ts';
import {
  configTree,
  type ListNode,
  type Node,
  type ObjectNode,
  objectOf,
  type TreeField,
  type UnionNode,
} from '../tree.ts';
import { BARE, kebab, keyFieldOf, quote } from './names.ts';

const scalarText = (value: unknown): string =>
  typeof value === 'string' && (!BARE.test(value) || value === '') ? quote(value) : String(value);

function isDefault(field: TreeField, value: unknown): boolean {
  return (
    value === undefined || (field.fallback !== undefined && JSON.stringify(field.fallback) === JSON.stringify(value))
  );
}

function printItems(field: TreeField, items: Record<string, unknown>[], indent: string, out: string[]): void {
  const node = (field.node as ListNode).item as ObjectNode | UnionNode;
  const key = keyFieldOf(field.meta) as string;
  for (const item of items) {
    const body: string[] = [];
    const object = objectOf(node, item);
    for (const inner of object?.fields ?? []) {
      if (inner.key === key || (inner.key === 'id' && item.id === item[key])) continue;
      printField(inner, item[inner.key], `${indent}  `, body);
    }
    const head = `${indent}${scalarText(item[key])}`;
    if (!body.length) out.push(`${head};`);
    else out.push(`${head} {`, ...body, `${indent}}`);
  }
}

function printField(field: TreeField, value: unknown, indent: string, out: string[]): void {
  if (isDefault(field, value)) return;
  const name = `${indent}${kebab(field.key)}`;
  const { node } = field;
  if (node.kind === 'scalar') out.push(`${name} ${scalarText(value)};`);
  else if (node.kind === 'list' && node.item.kind === 'scalar')
    out.push(`${name} [ ${(value as unknown[]).map(scalarText).join(' ')} ];`.replace('[  ]', '[ ]'));
  else {
    const body: string[] = [];
    if (node.kind === 'list') printItems(field, value as Record<string, unknown>[], `${indent}  `, body);
    else printFields(node, value as Record<string, unknown>, `${indent}  `, body);
    if (body.length) out.push(`${name} {`, ...body, `${indent}}`);
  }
}

function printFields(node: Node, value: Record<string, unknown>, indent: string, out: string[]): void {
  if (node.kind !== 'object' && node.kind !== 'union') return;
  for (const field of objectOf(node, value)?.fields ?? []) printField(field, value[field.key], indent, out);
}

/** The canonical text of a configuration; fromText gives the same tree back. */
export function toText(config: Config): string {
  const out: string[] = [`version ${config.version};`];
  for (const field of configTree.fields)
    if (field.key !== 'version') printField(field, config[field.key as keyof Config], '', out);
  return `${out.join('\n')}\n`;
}
