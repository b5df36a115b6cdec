/** The constants of abi.h under the short names that this folder uses. */
export const LIMIT = { IFACES: 1024, IFINDEX: 65536, ZONES: 64, ROWS: 16384, COUNTED: 65536 };
export const L4 = { TCP: 0, UDP: 65536, SCTP: 131072, ICMP: 196608, ICMP6: 262144, PROTO: 327680, SLOTS: 327936 };
export const ACTION = { permit: 1, deny: 2, reject: 3 };
export const LOG = { INIT: 1, CLOSE: 2 };
export const NAT = { OFF: 0, INTERFACE: 1, POOL: 2, PREFIX: 3, DEST: 4 };
export const IFACE = { UP: 1, L3: 2, XMIT: 4, XDP: 8 };
export const SCREEN = { LAND: 1, SYN_FIN: 2, NO_FLAG: 4, FIN_NO_ACK: 8 };
/** Ticks of 2^20 ns in a second. */
export const TICKS_PER_SECOND = 1e9 / 2 ** 20;
