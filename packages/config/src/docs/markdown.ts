/** The reference of the configuration as Markdown, from the schema. */
import { configTree, type Node, type ObjectNode, type TreeField } from '../tree.ts';

function typeOf(node: Node): string {
  switch (node.kind) {
    case 'scalar':
      return node.values
        ? node.values.map((value) => `\`${value}\``).join(', ')
        : [...new Set(node.types)].join(' or ');
    case 'list':
      return node.item.kind === 'scalar' ? `list of ${typeOf(node.item)}` : 'list of objects';
    case 'object':
      return 'object';
    case 'union':
      return `one of ${[...node.options.keys()].map((kind) => `\`${kind}\``).join(', ')}`;
  }
}

function defaultOf(field: TreeField): string {
  if (field.key === 'id') return 'the name';
  if (field.fallback !== undefined && typeof field.fallback !== 'object') return `\`${String(field.fallback)}\``;
  if (Array.isArray(field.fallback) && field.fallback.length) return `\`${field.fallback.join(', ')}\``;
  return field.optional ? 'not set' : field.fallback !== undefined ? 'empty' : 'required';
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function rows(fields: readonly TreeField[], prefix = ''): string[] {
  return fields.flatMap((field) => {
    const key = `${prefix}${field.key}`;
    const about = [field.meta.label, field.meta.help].filter(Boolean).join('. ');
    const own = `| \`${key}\` | ${cell(typeOf(field.node))} | ${defaultOf(field)} | ${cell(about)} |`;
    return [own, ...inner(field.node, `${key}.`)];
  });
}

/** Fields of nested objects stand below, with their path. */
function inner(node: Node, prefix: string): string[] {
  if (node.kind === 'object') return rows(node.fields, prefix);
  if (node.kind === 'union')
    return [...node.options].flatMap(([, option]) =>
      rows(
        option.fields.filter((field) => field.key !== node.discriminator),
        prefix,
      ),
    );
  if (node.kind === 'list' && node.item.kind !== 'scalar') return inner(node.item, prefix.replace(/\.$/, '[].'));
  return [];
}

const table = (lines: string[]): string =>
  ['| field | values | default | meaning |', '|---|---|---|---|', ...new Set(lines)].join('\n');

function section(field: TreeField, prefix: string): string {
  const key = `${prefix}${field.key}`;
  const title = `## ${field.meta.label ?? field.key} (\`${key}\`)`;
  const about = [field.meta.help, field.meta.ordered ? 'The order decides: the first match counts.' : '']
    .filter(Boolean)
    .join(' ');
  if (field.node.kind === 'object' && field.node.fields.every((item) => item.node.kind === 'list'))
    return field.node.fields.map((item) => section(item, `${key}.`)).join('\n\n');
  const lines =
    field.node.kind === 'list' && field.node.item.kind !== 'scalar'
      ? inner(field.node.item, '')
      : inner(field.node, '');
  return [title, about, lines.length ? table(lines) : `${typeOf(field.node)}, default ${defaultOf(field)}`]
    .filter(Boolean)
    .join('\n\n');
}

export function configurationReference(tree: ObjectNode = configTree): string {
  return [
    '# Configuration',
    'Generated from the schema (`packages/config`); change it there. Unknown fields are refused. The same tree has two spellings: JSON, and the text form that `gatehouse show config` prints.',
    ...tree.fields.map((field) => section(field, '')),
    '',
  ].join('\n\n');
}
