/**
 * The schema as a plain tree, for everything that walks a configuration: text form, difference, documentation. Derived from the zod
 * schema, so that a field is described once.
 */
import type { z } from 'zod';
import type { FieldMeta } from './fields.ts';
import { configSchema } from './schema.ts';

export type Scalar = { kind: 'scalar'; types: ('string' | 'number' | 'boolean')[]; values?: (string | number)[] };
export type ObjectNode = { kind: 'object'; fields: TreeField[] };
/** A list of objects that have an identity, or of plain values. */
export type ListNode = { kind: 'list'; item: Node };
/** Objects of several kinds, told apart by the field `discriminator`. */
export type UnionNode = { kind: 'union'; discriminator: string; options: Map<string, ObjectNode> };
export type Node = Scalar | ObjectNode | ListNode | UnionNode;
export type TreeField = { key: string; node: Node; meta: FieldMeta; optional: boolean; fallback: unknown };

type Def = {
  type: string;
  innerType?: z.ZodType;
  out?: z.ZodType;
  in?: z.ZodType;
  element?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  options?: z.ZodType[];
  discriminator?: string;
  entries?: Record<string, string>;
  values?: (string | number)[];
  defaultValue?: unknown;
};
const defOf = (schema: z.ZodType): Def => (schema as unknown as { _zod: { def: Def } })._zod.def;

type Unwrapped = { schema: z.ZodType; def: Def; meta: FieldMeta; optional: boolean; fallback: unknown };

/** Peels defaults, optionals and transformations off; collects the metadata met on the way (the outermost wins). */
function unwrap(schema: z.ZodType): Unwrapped {
  let current = schema;
  let meta: FieldMeta = {};
  let optional = false;
  let fallback: unknown;
  for (;;) {
    meta = { ...(current.meta() as FieldMeta | undefined), ...meta };
    const def = defOf(current);
    if (def.type === 'default' || def.type === 'prefault') fallback ??= def.defaultValue;
    if (def.type === 'optional') optional = true;
    if (def.type === 'pipe') {
      // a transformation of text stays text; a preprocessing step stands before the real schema
      const out = def.out as z.ZodType;
      current = defOf(out).type === 'transform' ? (def.in as z.ZodType) : out;
    } else if (def.innerType) current = def.innerType;
    else return { schema: current, def, meta, optional, fallback };
  }
}

function objectNode(def: Def): ObjectNode {
  return {
    kind: 'object',
    fields: Object.entries(def.shape ?? {}).map(([key, schema]) => {
      const { meta, optional, fallback } = unwrap(schema);
      return { key, node: nodeOf(schema), meta, optional, fallback };
    }),
  };
}

function nodeOf(schema: z.ZodType): Node {
  const { def } = unwrap(schema);
  switch (def.type) {
    case 'object':
      return objectNode(def);
    case 'array':
      return { kind: 'list', item: nodeOf(def.element as z.ZodType) };
    case 'union': {
      const options = def.options as z.ZodType[];
      if (!def.discriminator) {
        const parts = options.map((option) => nodeOf(option) as Scalar);
        const values = parts.flatMap((part) => part.values ?? []);
        return {
          kind: 'scalar',
          types: parts.flatMap((part) => part.types),
          values: values.length ? values : undefined,
        };
      }
      const { discriminator } = def;
      return {
        kind: 'union',
        discriminator,
        options: new Map(
          options.map((option) => {
            const node = objectNode(unwrap(option).def);
            const literal = node.fields.find((field) => field.key === discriminator)?.node as Scalar;
            return [String(literal.values?.[0]), node];
          }),
        ),
      };
    }
    case 'enum':
      return { kind: 'scalar', types: ['string'], values: Object.values(def.entries ?? {}) };
    case 'literal':
      return { kind: 'scalar', types: [typeof def.values?.[0] as 'string'], values: def.values };
    case 'number':
    case 'int':
      return { kind: 'scalar', types: ['number'] };
    case 'boolean':
      return { kind: 'scalar', types: ['boolean'] };
    default:
      return { kind: 'scalar', types: ['string'] };
  }
}

export const configTree = nodeOf(configSchema) as ObjectNode;

/** The object description that applies to a value of an object or union node. */
export function objectOf(node: ObjectNode | UnionNode, value: unknown): ObjectNode | undefined {
  if (node.kind === 'object') return node;
  return node.options.get(String((value as Record<string, unknown> | undefined)?.[node.discriminator]));
}

/** Lists whose items have an id. */
export function isIdentified(node: Node): node is ListNode & { item: ObjectNode | UnionNode } {
  if (node.kind !== 'list' || node.item.kind === 'scalar' || node.item.kind === 'list') return false;
  const sample = node.item.kind === 'object' ? node.item : [...node.item.options.values()][0];
  return sample?.fields.some((field) => field.key === 'id') ?? false;
}
