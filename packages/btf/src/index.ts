/** Reads BTF from ELF objects and writes TypeScript codecs for its structs. */
export { Btf, type BtfEnumerator, type BtfMember, type BtfType, kind } from './btf.ts';
export { CodecWriter, commonPrefix } from './codec.ts';
export { elfSection } from './elf.ts';
