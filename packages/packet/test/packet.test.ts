import { describe, expect, it } from 'vitest';
import {
  addressBytes,
  addressText,
  checksum,
  frame,
  network,
  parseFrame,
  raw,
  tcp,
  tcpFlag,
  udp,
} from '../src/index.ts';

const ETHERNET = { to: '02:00:00:00:00:01', from: '02:00:00:00:00:02' };

describe('checksum', () => {
  it('gives the result of the example in RFC 1071 section 3', () => {
    expect(checksum(Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]))).toBe(0x220d);
  });
  it('pads an odd last byte', () => {
    expect(checksum(Uint8Array.from([0x12]))).toBe(~0x1200 & 0xffff);
  });
});

describe('addresses', () => {
  it.each(['192.0.2.1', '::', '::1', '2001:db8::1', '2001:db8:0:1:1:1:1:1', 'fe80::1:0:0:1', '1::'])('%s', (text) => {
    expect(addressText(addressBytes(text))).toBe(text);
  });
  it.each(['1.2.3', '2001:::1', 'fe80::1%eth0', 'x'])('refuses %s', (text) => {
    expect(() => addressBytes(text)).toThrow(text);
  });
});

it('an IPv4 header is built byte by byte, checksum included', () => {
  const packet = network({
    ...ETHERNET,
    source: '192.168.0.1',
    destination: '192.168.0.199',
    payload: raw(17, new Uint8Array(95)),
  });
  expect(packet.subarray(0, 20).toString('hex')).toBe('45000073000040004011b861c0a80001c0a800c7');
});

it.each([
  ['192.0.2.1', '198.51.100.7'],
  ['2001:db8::1', '2001:db8:1::7'],
])('what is built is read back, with right checksums: %s', (source, destination) => {
  const payload = tcp({ source: 40000, destination: 443, sequence: 7, flags: tcpFlag.syn, data: Buffer.from('odd') });
  const parsed = parseFrame(frame({ ...ETHERNET, vlan: 7, ttl: 9, source, destination, payload }));
  expect(parsed).toMatchObject({ source, destination, vlan: 7, ttl: 9, sourcePort: 40000, destinationPort: 443 });
  expect([parsed.headerChecksum, parsed.payloadChecksum]).toEqual([true, true]);
});

it('a flipped bit is seen', () => {
  const bytes = frame({
    ...ETHERNET,
    source: '192.0.2.1',
    destination: '192.0.2.2',
    payload: udp(1, 2, Buffer.from('x')),
  });
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  expect(parseFrame(bytes).payloadChecksum).toBe(false);
});
