/** The compiled module, typed. Everything else in this package wraps it. */
import { createRequire } from 'node:module';

export type Bytes = Uint8Array;

export type MapDescription = {
  name: string;
  /** BPF_MAP_TYPE_* */
  type: number;
  keySize: number;
  valueSize: number;
  maxEntries: number;
  flags: number;
};

export type ProgramDescription = {
  name: string;
  type: number;
  fd: number;
  id?: number;
  /** Instructions the verifier processed at the load. */
  verifiedInstructions?: number;
  jitedBytes?: number;
};

export type Binding = {
  NativeObject: new (
    path: string,
  ) => {
    setRodata(symbol: string, value: Bytes): void;
    setMaxEntries(map: string, entries: number): void;
    setAutoload(program: string, load: boolean): void;
    reuseMap(map: string, fd: number): void;
    load(): Promise<void>;
    maps(): (MapDescription & { fd: number })[];
    programs(): ProgramDescription[];
    close(): void;
  };
  NativeRingBuffer: new (fd: number, onBatch: (batch: Buffer) => void) => { lost(): number; close(): void };
  NativeNetlink: new (groups: number[], onDatagram: (datagram: Buffer) => void) => { close(): void };
  drainRingBuffer(fd: number): Buffer;
  mapLookup(fd: number, key: Bytes, valueBytes: number): Buffer | null;
  mapUpdate(fd: number, key: Bytes, value: Bytes, flags: number): void;
  mapDelete(fd: number, key: Bytes): boolean;
  mapNextKey(fd: number, key: Bytes | null, keyBytes: number): Buffer | null;
  mapLookupBatch(
    fd: number,
    keyBytes: number,
    valueBytes: number,
    max: number,
    cursor: Bytes | null,
  ): Promise<{ keys: Buffer; values: Buffer; count: number; cursor: Buffer | null }>;
  mapUpdateBatch(fd: number, keys: Bytes, values: Bytes, count: number): Promise<void>;
  mapMmap(fd: number, bytes: number): ArrayBuffer;
  mapInfo(fd: number): MapDescription & { id: number };
  pin(fd: number, path: string): void;
  openPin(path: string): number;
  closeFd(fd: number): void;
  possibleCpus(): number;
  programRun(
    fd: number,
    request: {
      data?: Bytes;
      context?: Bytes;
      outBytes: number;
      contextOut: boolean;
      repeat: number;
      flags: number;
      batchSize: number;
    },
  ): Promise<{ retval: number; duration: number; data: Buffer; context: Buffer }>;
  programInfo(fd: number): { id: number; type: number; name: string; verifiedInstructions: number };
  linkXdp(programFd: number, ifindex: number, native: boolean): number;
  linkTcx(programFd: number, ifindex: number, egress: boolean): number;
  linkUpdate(fd: number, programFd: number): void;
  linkDetach(fd: number): void;
  linkInfo(fd: number): { id: number; type: number; programId: number; ifindex: number };
  peerCredentials(fd: number): { pid: number; uid: number; gid: number };
  lockFile(path: string): number | null;
  isBpffs(path: string): boolean;
  mountBpffs(path: string): void;
  unmountBpffs(path: string): void;
  interfaceIndex(name: string): number;
  monotonicNs(): bigint;
  fsyncDirectory(path: string): void;
};

/** GATEHOUSE_NATIVE names the compiled module where it does not stand in this package (a bundled daemon). */
const path = process.env.GATEHOUSE_NATIVE ?? new URL('../build/gatehouse_native.node', import.meta.url).pathname;

export const binding = createRequire(import.meta.url)(path) as Binding;

/** A failed system or libbpf call. */
export type NativeError = Error & { code: string; errno: number; syscall: string };

export function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}
