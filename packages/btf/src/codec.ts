/**
 * TypeScript from BTF: for each struct an interface and a codec, for each enum a constant object. Names lose a common prefix
 * and become camel case. __be16 and __be32 fields are numbers in host order on the TypeScript side; byte arrays and structs
 * that only wrap one are Buffers; 64-bit integers are bigints; members of anonymous unions and structs stand beside the others.
 */
import { type Btf, type BtfMember, type BtfType, kind } from './btf.ts';

type Field = {
  name: string;
  tsType: string;
  read: (at: string) => string;
  write: (at: string, value: string) => string;
};

const camel = (name: string): string => name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string): string => {
  const text = camel(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const INTEGER: Record<string, string> = {
  '1u': 'UInt8',
  '1s': 'Int8',
  '2u': 'UInt16LE',
  '2s': 'Int16LE',
  '4u': 'UInt32LE',
  '4s': 'Int32LE',
  '8u': 'BigUInt64LE',
  '8s': 'BigInt64LE',
};

export class CodecWriter {
  private readonly btf: Btf;
  private readonly prefix: string;

  constructor(btf: Btf, prefix: string) {
    this.btf = btf;
    this.prefix = prefix;
  }

  private typeName(type: BtfType): string {
    return pascal(type.name.slice(this.prefix.length));
  }

  /** A struct of nothing but one byte array is a Buffer. */
  private bytesOf(id: number): number {
    const { type } = this.btf.resolve(id);
    if (
      type.array &&
      this.btf.sizeOf(type.array.type) === 1 &&
      this.btf.resolve(type.array.type).type.kind === kind.INT
    )
      return type.array.length;
    if (type.kind === kind.STRUCT && type.members.length === 1)
      return this.bytesOf((type.members[0] as BtfMember).type);
    return 0;
  }

  private scalar(name: string, id: number): Field | undefined {
    const { type, typedef } = this.btf.resolve(id);
    if (type.kind === kind.ENUM)
      return {
        name,
        tsType: 'number',
        read: (at) => `bytes.readUInt32LE(${at})`,
        write: (at, value) => `bytes.writeUInt32LE(${value}, ${at})`,
      };
    if (type.kind !== kind.INT) return undefined;
    const big = typedef === '__be16' || typedef === '__be32';
    const method = INTEGER[`${type.sizeOrType}${type.signed ? 's' : 'u'}`];
    if (!method) throw new Error(`${name}: integers of ${type.sizeOrType} bytes are not supported`);
    const call = big ? method.replace('LE', 'BE') : method;
    return {
      name,
      tsType: type.sizeOrType === 8 ? 'bigint' : 'number',
      read: (at) => `bytes.read${call}(${at})`,
      write: (at, value) => `bytes.write${call}(${value}, ${at})`,
    };
  }

  private field(name: string, id: number): Field {
    const bytes = this.bytesOf(id);
    if (bytes)
      return {
        name,
        tsType: 'Uint8Array',
        read: (at) => `Buffer.from(bytes.subarray(${at}, ${at} + ${bytes}))`,
        write: (at, value) => `putBytes(bytes, ${at}, ${value}, ${bytes}, '${name}')`,
      };
    const scalar = this.scalar(name, id);
    if (scalar) return scalar;
    const { type } = this.btf.resolve(id);
    if (type.array) {
      const element = this.field(name, type.array.type);
      const size = this.btf.sizeOf(type.array.type);
      const { length } = type.array;
      return {
        name,
        tsType: `${element.tsType}[]`,
        read: (at) => `Array.from({ length: ${length} }, (_, i) => ${element.read(`${at} + i * ${size}`)})`,
        write: (at, value) =>
          `for (let i = 0; i < ${length}; i++) ${element.write(`${at} + i * ${size}`, `item(${value}, i, '${name}')`)}`,
      };
    }
    if (type.kind === kind.STRUCT && type.name.startsWith(this.prefix)) {
      const codec = camel(type.name.slice(this.prefix.length));
      return {
        name,
        tsType: this.typeName(type),
        read: (at) => `${codec}Codec.decode(bytes, ${at})`,
        write: (at, value) => `${codec}Codec.encodeInto(${value}, bytes, ${at})`,
      };
    }
    throw new Error(`${name}: BTF kind ${type.kind} is not supported`);
  }

  private fields(type: BtfType, base = 0): { field: Field; offset: number; overlay: boolean }[] {
    return type.members.flatMap((member) => {
      const inner = this.btf.resolve(member.type).type;
      if (!member.name && (inner.kind === kind.STRUCT || inner.kind === kind.UNION))
        return this.fields(inner, base + member.offset).map((entry) => ({
          ...entry,
          // of a union, the last member is written; the others are views of the same bytes
          overlay:
            entry.overlay ||
            (inner.kind === kind.UNION && this.isOverlay(inner, entry.offset - base - member.offset, entry.field.name)),
        }));
      if (/^pad\d*$/.test(member.name)) return [];
      return [{ field: this.field(camel(member.name), member.type), offset: base + member.offset, overlay: false }];
    });
  }

  private isOverlay(union: BtfType, _offset: number, name: string): boolean {
    const last = union.members[union.members.length - 1] as BtfMember;
    if (last.name) return camel(last.name) !== name;
    return !this.fields(this.btf.resolve(last.type).type).some((entry) => entry.field.name === name);
  }

  private structText(type: BtfType): string {
    const name = this.typeName(type);
    const fields = this.fields(type);
    const line = (entry: (typeof fields)[number], text: string) => `    ${text.replaceAll('@', String(entry.offset))}`;
    const at = (offset: number) => (offset ? `at + ${offset}` : 'at');
    return [
      `export type ${name} = {`,
      ...fields.map(
        ({ field, overlay }) => `  ${overlay ? 'readonly ' : ''}${field.name}${overlay ? '?' : ''}: ${field.tsType};`,
      ),
      '};',
      `export const ${camel(type.name.slice(this.prefix.length))}Codec = {`,
      `  size: ${type.sizeOrType},`,
      `  offsets: { ${fields.map(({ field, offset }) => `${field.name}: ${offset}`).join(', ')} },`,
      `  decode(bytes: Buffer, at = 0): ${name} {`,
      '    return {',
      ...fields.map((entry) => line(entry, `  ${entry.field.name}: ${entry.field.read(at(entry.offset))},`)),
      '    };',
      '  },',
      `  encodeInto(value: ${name}, bytes: Buffer, at = 0): void {`,
      ...fields
        .filter((entry) => !entry.overlay)
        .map((entry) => line(entry, `${entry.field.write(at(entry.offset), `value.${entry.field.name}`)};`)),
      '  },',
      `  encode(value: ${name}): Buffer {`,
      `    const bytes = Buffer.alloc(${type.sizeOrType});`,
      '    this.encodeInto(value, bytes);',
      '    return bytes;',
      '  },',
      '};',
    ].join('\n');
  }

  private enumText(type: BtfType): string {
    const common = commonPrefix(type.enumerators.map((entry) => entry.name));
    const name = camel(type.name.slice(this.prefix.length));
    const key = (text: string) => {
      const short = text.slice(common.length).toLowerCase();
      return /^[a-z]/.test(short) ? camel(short) : `'${camel(short)}'`;
    };
    return [
      `export const ${name} = {`,
      ...type.enumerators.map((entry) => `  ${key(entry.name)}: ${entry.value},`),
      '} as const;',
      `export type ${pascal(name)}Name = keyof typeof ${name};`,
    ].join('\n');
  }

  /** The module's text: all structs and enums whose name has the prefix, structs in the order of their definition. */
  module(banner: string): string {
    const wanted = this.btf.types.filter((type) => type.name.startsWith(this.prefix));
    const unique = (types: BtfType[]) => [...new Map(types.map((type) => [type.name, type])).values()];
    const structs = unique(wanted.filter((type) => type.kind === kind.STRUCT && !this.bytesOf(type.id)));
    const enums = unique(wanted.filter((type) => type.kind === kind.ENUM));
    return `${[banner, HELPERS, ...enums.map((type) => this.enumText(type)), ...structs.map((type) => this.structText(type))].join('\n\n')}\n`;
  }
}

/** The longest prefix ending in "_" that all names share. */
export function commonPrefix(names: string[]): string {
  const first = names[0] ?? '';
  let end = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, end))) end--;
  return names.length > 1
    ? first.slice(0, first.lastIndexOf('_', end - 1) + 1)
    : first.slice(0, first.lastIndexOf('_') + 1);
}

const HELPERS = `function putBytes(bytes: Buffer, at: number, value: Uint8Array, size: number, field: string): void {
  if (value.length !== size) throw new RangeError(\`\${field}: \${value.length} bytes, expected \${size}\`);
  bytes.set(value, at);
}

function item<T>(values: readonly T[], index: number, field: string): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(\`\${field}: element \${index} is missing\`);
  return value;
}`;
