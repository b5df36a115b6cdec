/** libbpf, rtnetlink and socket primitives for Node. Knows nothing of firewalls. Linux, x86-64 (little endian). */
export {
  type Bytes,
  isNativeError,
  type MapDescription,
  type NativeError,
  type ProgramDescription,
} from './lib/binding.ts';
export { BpfLink } from './lib/link.ts';
export { BpfMap, mapType, u32, updateFlag } from './lib/map.ts';
export { NetlinkListener, netlinkGroup, netlinkMessage } from './lib/netlink.ts';
export { BpfObject } from './lib/object.ts';
export { BpfProgram, type TestRun, type TestRunResult } from './lib/program.ts';
export { RingBuffer } from './lib/ringbuf.ts';
export {
  fsyncDirectory,
  interfaceIndex,
  isBpffs,
  lockFile,
  monotonicNs,
  mountBpffs,
  peerCredentials,
  possibleCpus,
  unmountBpffs,
} from './lib/system.ts';
