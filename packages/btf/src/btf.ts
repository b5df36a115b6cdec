/** BTF reader (kernel: Documentation/bpf/btf.rst). Types are numbered from 1; 0 is void. */
import { elfSection } from './elf.ts';

export const kind = {
  INT: 1,
  PTR: 2,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  FWD: 7,
  TYPEDEF: 8,
  VOLATILE: 9,
  CONST: 10,
  RESTRICT: 11,
  FUNC: 12,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
  FLOAT: 16,
  DECL_TAG: 17,
  TYPE_TAG: 18,
  ENUM64: 19,
} as const;

/** `offset` in bytes. Bit fields are refused when the member is read. */
export type BtfMember = { name: string; type: number; offset: number };
export type BtfEnumerator = { name: string; value: number };
export type BtfType = {
  id: number;
  kind: number;
  name: string;
  /** Bytes of INT, STRUCT, UNION, ENUM; the referred type of PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, VAR, TYPE_TAG. */
  sizeOrType: number;
  signed: boolean;
  members: BtfMember[];
  enumerators: BtfEnumerator[];
  array?: { type: number; length: number };
};

const HEADER_MAGIC = 0xeb9f;

export class Btf {
  readonly types: BtfType[] = [];

  /** `section`: contents of .BTF. */
  constructor(section: Buffer) {
    if (section.readUInt16LE(0) !== HEADER_MAGIC) throw new Error('not a little-endian BTF section');
    const headerLength = section.readUInt32LE(4);
    const types = section.subarray(headerLength + section.readUInt32LE(8)).subarray(0, section.readUInt32LE(12));
    const strings = section.subarray(headerLength + section.readUInt32LE(16)).subarray(0, section.readUInt32LE(20));
    const text = (at: number) => strings.toString('latin1', at, strings.indexOf(0, at));
    this.types.push({ id: 0, kind: 0, name: 'void', sizeOrType: 0, signed: false, members: [], enumerators: [] });
    for (let at = 0; at < types.length; ) at = this.readType(types, at, text);
  }

  static fromObject(file: Buffer): Btf {
    return new Btf(elfSection(file, '.BTF'));
  }

  private readType(bytes: Buffer, start: number, text: (at: number) => string): number {
    const info = bytes.readUInt32LE(start + 4);
    const type: BtfType = {
      id: this.types.length,
      kind: (info >>> 24) & 0x1f,
      name: text(bytes.readUInt32LE(start)),
      sizeOrType: bytes.readUInt32LE(start + 8),
      signed: info >>> 31 === 1,
      members: [],
      enumerators: [],
    };
    const count = info & 0xffff;
    let at = start + 12;
    const word = () => {
      at += 4;
      return bytes.readUInt32LE(at - 4);
    };
    switch (type.kind) {
      case kind.INT:
        type.signed = ((word() >>> 24) & 1) === 1;
        break;
      case kind.ARRAY: {
        const element = word();
        word();
        type.array = { type: element, length: word() };
        break;
      }
      case kind.STRUCT:
      case kind.UNION:
        for (let i = 0; i < count; i++) {
          const name = text(word());
          const member = word();
          const bits = word();
          if (type.signed || bits % 8) throw new Error(`${type.name}.${name}: bit fields are not supported`);
          type.members.push({ name, type: member, offset: bits / 8 });
        }
        break;
      case kind.ENUM:
        for (let i = 0; i < count; i++) {
          const name = text(word());
          const value = word();
          type.enumerators.push({ name, value: type.signed ? value | 0 : value });
        }
        break;
      case kind.FUNC_PROTO:
        at += 8 * count;
        break;
      case kind.VAR:
      case kind.DECL_TAG:
        at += 4;
        break;
      case kind.DATASEC:
      case kind.ENUM64:
        at += 12 * count;
        break;
    }
    this.types.push(type);
    return at;
  }

  type(id: number): BtfType {
    const type = this.types[id];
    if (!type) throw new Error(`BTF type ${id} does not exist`);
    return type;
  }

  /** The type behind typedefs and qualifiers, and the name of the outermost typedef ("" without one). */
  resolve(id: number): { type: BtfType; typedef: string } {
    let type = this.type(id);
    let typedef = '';
    const through: number[] = [kind.TYPEDEF, kind.VOLATILE, kind.CONST, kind.RESTRICT, kind.TYPE_TAG];
    while (through.includes(type.kind)) {
      if (type.kind === kind.TYPEDEF && !typedef) typedef = type.name;
      type = this.type(type.sizeOrType);
    }
    return { type, typedef };
  }

  /** Bytes of a type. */
  sizeOf(id: number): number {
    const { type } = this.resolve(id);
    if (type.kind === kind.PTR) return 8;
    if (type.array) return type.array.length * this.sizeOf(type.array.type);
    return type.sizeOrType;
  }
}
