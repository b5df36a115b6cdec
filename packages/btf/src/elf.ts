/** Just enough ELF: sections of a 64-bit little-endian object by name (System V ABI, chapter 4). */

export function elfSection(file: Buffer, name: string): Buffer {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new Error('not a 64-bit little-endian ELF file');
  const table = Number(file.readBigUInt64LE(0x28));
  const entrySize = file.readUInt16LE(0x3a);
  const count = file.readUInt16LE(0x3c);
  const header = (index: number) => {
    const at = table + index * entrySize;
    return {
      name: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 0x18)),
      size: Number(file.readBigUInt64LE(at + 0x20)),
    };
  };
  const names = header(file.readUInt16LE(0x3e));
  for (let index = 0; index < count; index++) {
    const section = header(index);
    const at = names.offset + section.name;
    if (file.toString('latin1', at, file.indexOf(0, at)) === name)
      return file.subarray(section.offset, section.offset + section.size);
  }
  throw new Error(`no section ${name} in the ELF file`);
}
