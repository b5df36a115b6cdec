import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configSchema } from '@gatehouse/config';
import { expect, test } from 'vitest';
import { managementCheck, pageCheck } from '../src/appliance/health.ts';
import type { InterfaceFact } from '../src/subsystems/subsystem.ts';

const config = configSchema.parse({
  interfaces: [{ name: 'lan0' }, { name: 'wan0' }],
  zones: [
    { name: 'lan', interfaces: ['lan0'], hostInbound: ['ping', 'web'] },
    { name: 'wan', interfaces: ['wan0'], hostInbound: ['ping'] },
  ],
});
const device = (name: string, change: Partial<InterfaceFact> = {}): InterfaceFact => ({
  ...{ name, ifindex: 1, kind: 'ethernet', mac: null, up: true, carrier: true, mtu: 1500 },
  addresses: [{ family: 4, address: '192.0.2.1', prefixLength: 24, scope: 'global' }],
  ...change,
});

test('the management address is one where a zone admits the page', () => {
  expect(managementCheck(config, [device('lan0')])).toMatchObject({ state: 'ok', message: '192.0.2.1 on lan0' });
  expect(managementCheck(config, [device('wan0')]).state).toBe('failed');
  expect(managementCheck(config, [device('lan0', { addresses: [] })]).state).toBe('failed');
  expect(managementCheck(config, [device('lan0', { up: false })]).state).toBe('failed');
  expect(managementCheck(configSchema.parse({}), [device('lan0')]).message).toMatch(/no zone/);
});

const at = (port: number) => ({ port, tls: { enabled: false, port: 443 } });

test('a page that answers with an error, or not at all, is not well', async () => {
  let status = 200;
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect((await pageCheck(at(port))).state).toBe('ok');
  status = 500;
  expect(await pageCheck(at(port))).toMatchObject({ state: 'failed', message: `answers with 500 on port ${port}` });
  server.close();
  expect((await pageCheck(at(port))).state).toBe('failed');
});
