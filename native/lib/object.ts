/** BPF object files: open, adjust, load. */
import { type Bytes, binding, type ProgramDescription } from './binding.ts';
import { BpfMap } from './map.ts';
import { BpfProgram } from './program.ts';

export class BpfObject {
  private readonly native: InstanceType<typeof binding.NativeObject>;

  private constructor(path: string) {
    this.native = new binding.NativeObject(path);
  }

  /** Parses the file. Throws with libbpf's words when it is no BPF object. */
  static open(path: string): BpfObject {
    return new BpfObject(path);
  }

  /** Sets a `const volatile` variable before the load; the size must be the variable's. */
  setRodata(symbol: string, value: Bytes): void {
    this.native.setRodata(symbol, value);
  }

  setMaxEntries(map: string, entries: number): void {
    this.native.setMaxEntries(map, entries);
  }

  setAutoload(program: string, load: boolean): void {
    this.native.setAutoload(program, load);
  }

  /** Uses an existing map instead of creating one. Its type and sizes must be the same. */
  reuseMap(name: string, map: BpfMap): void {
    this.native.reuseMap(name, map.fd);
  }

  /** Creates the maps and loads the programs, off the main thread. Rejects with the end of the verifier's log. */
  async load(): Promise<void> {
    await this.native.load();
  }

  get mapNames(): string[] {
    return this.native.maps().map((map) => map.name);
  }

  get programs(): ProgramDescription[] {
    return this.native.programs();
  }

  /** A map of the object; it lives until the object is closed. */
  map(name: string): BpfMap {
    const found = this.native.maps().find((map) => map.name === name);
    if (!found) throw new Error(`no map ${name} in the object`);
    return new BpfMap(found.fd, found, false);
  }

  /** A loaded program; it lives until the object is closed. */
  program(name: string): BpfProgram {
    const found = this.native.programs().find((program) => program.name === name);
    if (!found) throw new Error(`no program ${name} in the object`);
    return new BpfProgram(found.fd, false);
  }

  close(): void {
    this.native.close();
  }
}
