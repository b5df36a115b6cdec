/** What the schema's sections are made of: fields with labels, lists of objects with an identity. */
import { z } from 'zod';
import { type FieldMeta, identity, line, type SecretKind } from '../fields.ts';

export const field = <T extends z.ZodType>(schema: T, label: string, help = ''): T =>
  schema.meta({ label, help } satisfies FieldMeta) as T;

/** A secret in the form that the box gave it: nobody else can open it. */
export const sealed = (label: string, secret: SecretKind, help: string) =>
  z
    .string()
    .min(1)
    .max(32_768)
    .regex(/^sealed:v1:[A-Za-z0-9+/=]+:[0-9a-f]{8,64}$/, { message: 'is not a sealed secret' })
    .meta({ label, help, secret } satisfies FieldMeta);

/** Fills `id` from the item's name, so that people need not write it. */
export const withId = <T extends z.ZodRawShape>(shape: T, key = 'name') =>
  z.preprocess(
    (value) =>
      value !== null && typeof value === 'object' && !Array.isArray(value) && !('id' in value) && key in value
        ? { id: (value as Record<string, unknown>)[key], ...value }
        : value,
    z.strictObject({ id: field(identity, 'Id', 'Stable identity; the name when left away.'), ...shape }),
  );

export const list = <T extends z.ZodType>(item: T, label: string, meta: FieldMeta) =>
  z
    .array(item)
    .default([])
    .meta({ label, ...meta });

export const names = <T extends z.ZodType>(item: T, label: string, help = '') =>
  field(z.array(item).default([]), label, help);
export const someOf = <T extends z.ZodType<string>>(item: T, label: string, help = '') =>
  field(
    z
      .array(item)
      .min(1, { message: 'is empty' })
      .default(['any'] as z.output<T>[]),
    label,
    help,
  );

export const description = field(line.optional(), 'Description');
export const enabled = field(z.boolean().default(true), 'On', 'Off keeps the object without effect.');

/** As withId, for objects of several kinds. */
export function withIdUnion<const T extends readonly [z.ZodRawShape, ...z.ZodRawShape[]]>(
  discriminator: string,
  shapes: T,
) {
  const options = shapes.map((shape) => z.strictObject({ id: field(identity, 'Id'), ...shape }));
  type Option = {
    [K in keyof T]: T[K] extends z.ZodRawShape ? z.ZodObject<{ id: typeof identity } & T[K], z.core.$strict> : never;
  };
  return z.preprocess(
    (value) =>
      value !== null && typeof value === 'object' && !Array.isArray(value) && !('id' in value) && 'name' in value
        ? { id: (value as { name: unknown }).name, ...value }
        : value,
    z.discriminatedUnion(discriminator, options as never) as unknown as z.ZodType<
      z.output<Option[number]>,
      z.input<Option[number]>
    >,
  );
}
