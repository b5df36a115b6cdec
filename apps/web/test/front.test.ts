import { expect, it } from 'vitest';
import { secureAddress } from '../front.ts';

it.each([
  ['192.168.1.1', '/login?next=%2Fnat', 443, 'https://192.168.1.1/login?next=%2Fnat'],
  ['box.lan:8080', '/', 8443, 'https://box.lan:8443/'],
  ['[fd00::1]:8080', '/', 443, 'https://[fd00::1]/'],
  ['box', '//evil.example/', 443, 'https://box//evil.example/'],
  ['box', 'http://evil.example/', 443, 'https://box/'],
  [undefined, '/', 443, null],
  ['', '/', 443, null],
  ['a b', '/', 443, null],
] as const)('from %j %j with port %i it leads to %j', (host, path, port, to) => {
  expect(secureAddress(host, path, port)).toBe(to);
});
