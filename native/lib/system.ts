/** Small system calls that Node lacks. */
import { binding } from './binding.ts';

/** pid, uid and gid of the process that connected a Unix socket (SO_PEERCRED). */
export const peerCredentials: (fd: number) => { pid: number; uid: number; gid: number } = binding.peerCredentials;
/** Opens (or creates) a file and locks it; null when another process holds the lock. The lock lives as long as the process. */
export const lockFile: (path: string) => number | null = binding.lockFile;
export const isBpffs: (path: string) => boolean = binding.isBpffs;
export const mountBpffs: (path: string) => void = binding.mountBpffs;
export const unmountBpffs: (path: string) => void = binding.unmountBpffs;
/** ifindex of a device in the namespace of the calling thread, 0 when there is none. */
export const interfaceIndex: (name: string) => number = binding.interfaceIndex;
/** CLOCK_MONOTONIC in ns: the clock of bpf_ktime_get_ns. */
export const monotonicNs: () => bigint = binding.monotonicNs;
/** Makes renames in a directory durable. */
export const fsyncDirectory: (path: string) => void = binding.fsyncDirectory;
export const possibleCpus: () => number = binding.possibleCpus;
