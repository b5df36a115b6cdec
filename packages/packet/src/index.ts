/** Ethernet frames with IPv4 and IPv6, built and taken apart byte by byte. Pure; for tests and for described packets. */
export { addressBytes, addressText, macBytes, macText } from './address.ts';
export { checksum } from './checksum.ts';
export { frame, network, type Packet } from './frame.ts';
export { echo, icmpError, type Layer4, protocol, quote, raw, sctp, tcp, tcpFlag, udp } from './layer4.ts';
export { type Parsed, parseFrame } from './parse.ts';
