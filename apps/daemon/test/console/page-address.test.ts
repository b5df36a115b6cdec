/** The page's URL, as a person types it. */
import { configSchema } from '@gatehouse/config';
import { expect, it } from 'vitest';
import { pageUrl } from '../../src/console/page-address.ts';

const url = (web: object, address = '192.168.1.1') => pageUrl(configSchema.parse({ management: { web } }), address);

it('names scheme and port as the configuration has them, the usual port not at all', () => {
  expect(url({})).toBe('http://192.168.1.1:8080/');
  expect(url({ port: 80 })).toBe('http://192.168.1.1/');
  expect(url({ tls: { enabled: true } })).toBe('https://192.168.1.1/');
  expect(url({ tls: { enabled: true, port: 8443 } }, '2001:db8::1')).toBe('https://[2001:db8::1]:8443/');
});
