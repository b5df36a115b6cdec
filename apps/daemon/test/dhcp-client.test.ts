/** What the DHCP client is told, and what it says of its leases. */
import { configSchema, parseConfig } from '@gatehouse/config';
import { expect, test } from 'vitest';
import { parseLease } from '../src/subsystems/dhcp-client/leases.ts';
import { planDhcpClient, renderDhcpClient } from '../src/subsystems/dhcp-client/plan.ts';

type Input = Parameters<typeof configSchema.parse>[0];
const messages = (interfaces: object[]): string[] => {
  const result = parseConfig({ interfaces } as Input);
  return result.issues.filter((item) => item.severity === 'error').map((item) => `${item.pointer} ${item.message}`);
};

test('no interface asks, no client; one that is off asks for nothing', () => {
  expect(planDhcpClient(configSchema.parse({ interfaces: [{ name: 'lan0' }] }))).toBe(null);
  expect(planDhcpClient(configSchema.parse({ interfaces: [{ name: 'wan0', ipv4: 'dhcp', enabled: false }] }))).toBe(
    null,
  );
});

test('dhcpcd is told of each family by itself, and whom a prefix is for', () => {
  const config = configSchema.parse({
    interfaces: [
      { name: 'wan0', ipv4: 'dhcp', ipv6: 'dhcpv6', requestPrefix: 56 },
      { name: 'wan1', ipv6: 'slaac' },
      { name: 'lan0', delegatedFrom: 'wan0' },
      { name: 'lan1', delegatedFrom: 'wan0', delegatedSubnet: 7 },
    ],
  });
  const sections = renderDhcpClient(planDhcpClient(config) ?? []).split(/^interface /m);
  expect(sections[0]).toContain('allowinterfaces wan0 wan1 lan0 lan1\n');
  expect(sections[1]).toBe('wan0\nmetric 100\nbroadcast\nipv6rs\nia_na 1\nia_pd 2/::/56 lan0/0/64/1 lan1/7/64/1\n');
  expect(sections[2]).toBe('wan1\nmetric 100\nnoipv4\nipv6rs\nnodhcp6\n');
  expect(sections[3]).toBe('lan0\nnoipv4\nnodhcp6\n');
});

test('what can not be together is found with its remedy', () => {
  const wan = { name: 'wan0', ipv6: 'dhcpv6', requestPrefix: 60 };
  expect(messages([wan, { name: 'lan0', delegatedFrom: 'wan0', delegatedSubnet: 15 }])).toEqual([]);
  expect(messages([{ name: 'wan0', ipv4: 'dhcp', addresses: ['192.0.2.1/24'] }])).toEqual([
    '/interfaces/0/addresses/0 can not stand beside dhcp',
  ]);
  expect(messages([{ name: 'wan0', ipv4: 'dhcp', addresses: ['2001:db8::1/64'] }])).toEqual([]);
  expect(messages([{ name: 'wan0', ipv6: 'slaac', requestPrefix: 56 }])).toEqual([
    '/interfaces/0/requestPrefix needs DHCPv6',
  ]);
  expect(messages([wan, { name: 'lan0', delegatedFrom: 'wan0', delegatedSubnet: 16 }])).toEqual([
    '/interfaces/1/delegatedSubnet does not fit into a /60, which has 16 of them',
  ]);
  expect(messages([wan, { name: 'lan0', delegatedFrom: 'wan0' }, { name: 'lan1', delegatedFrom: 'wan0' }])).toEqual([
    '/interfaces/2/delegatedSubnet is that of lan0',
  ]);
  expect(
    messages([
      { name: 'wan0', ipv6: 'dhcpv6' },
      { name: 'lan0', delegatedFrom: 'wan0' },
    ]),
  ).toEqual(['/interfaces/1/delegatedFrom asks for no prefix']);
  expect(messages([wan, { name: 'lan0', delegatedFrom: 'wan9' }])[0]).toMatch(/delegatedFrom/);
  expect(messages([{ name: 'lan0', delegatedSubnet: 1 }])).toEqual([
    '/interfaces/0/delegatedSubnet belongs to no prefix',
  ]);
});

/** A message as a server sent it (dnsmasq 2.89 to dhcpcd 9.4), its client's hardware address changed. */
function acknowledgement(...options: number[]): Buffer {
  const message = Buffer.alloc(300);
  message.set([2, 1, 6], 0);
  message.set([203, 0, 113, 77], 16);
  message.set([0x63, 0x82, 0x53, 0x63], 236);
  message.set(
    [53, 1, 5, 54, 4, 203, 0, 113, 1, 51, 4, 0, 0, 0, 120, 1, 4, 255, 255, 255, 0, 3, 4, 203, 0, 113, 1],
    240,
  );
  message.set([...options, 255], 267);
  return message;
}

test('a DHCPv4 lease: address, server, router, names', () => {
  const text = (code: number, value: string) => [code, value.length, ...Buffer.from(value)];
  const message = acknowledgement(6, 8, 9, 9, 9, 9, 1, 1, 1, 1, 0, 42, 4, 203, 0, 113, 1, ...text(15, 'isp.test'));
  expect(parseLease('wan0', message, null)).toEqual({
    interface: 'wan0',
    ipv4: { address: '203.0.113.77/24', server: '203.0.113.1', routers: ['203.0.113.1'], seconds: 120 },
    ipv6: null,
    dns: ['9.9.9.9', '1.1.1.1'],
    ntp: ['203.0.113.1'],
    domain: 'isp.test',
  });
  expect(parseLease('wan0', acknowledgement(...text(15, 'a b\n"; rm')), null).domain).toBe(null);
});

test('a DHCPv6 lease: addresses, delegated prefixes, names', () => {
  const option = (code: number, ...value: number[]) => [0, code, 0, value.length, ...value];
  const address = (last: number) => [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), last];
  const times = [0, 0, 0, 200, 0, 0, 1, 44];
  const head = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
  const message = Buffer.from([
    ...[7, 1, 2, 3],
    ...option(3, ...head, ...option(5, ...address(5), ...times)),
    ...option(25, ...head, ...option(26, ...times, 56, ...address(0))),
    ...option(23, ...address(0x53)),
    ...option(24, 3, ...Buffer.from('isp'), 4, ...Buffer.from('test'), 0),
  ]);
  expect(parseLease('wan0', null, message)).toMatchObject({
    ipv6: { addresses: ['2001:db8::5'], prefixes: ['2001:db8::/56'] },
    dns: ['2001:db8::53'],
    domain: 'isp.test',
  });
});

test('any damage is no lease, or less of one: never an exception', () => {
  for (let length = 0; length < 300; length += 7) parseLease('x', acknowledgement(6, 200, 1).subarray(0, length), null);
  for (let length = 0; length < 60; length++) parseLease('x', null, Buffer.alloc(length, 3));
  expect(parseLease('x', Buffer.from('rubbish'), Buffer.from([7])).ipv4).toBe(null);
});
