import { parseConfig } from '@gatehouse/config';
import { expect, test } from 'vitest';
import { firstConfiguration } from '../src/first-boot.ts';
import type { InterfaceFact } from '../src/subsystems/subsystem.ts';

const device = (name: string, more: Partial<InterfaceFact> = {}): InterfaceFact => ({
  name,
  ifindex: 1,
  kind: 'ethernet',
  mac: '02:00:00:00:00:01',
  up: false,
  carrier: false,
  mtu: 1500,
  addresses: [],
  ...more,
});
const zones = (devices: InterfaceFact[]) =>
  Object.fromEntries(firstConfiguration(devices).zones.map((zone) => [zone.name, zone.interfaces]));

test('the first port is the internet, the second the home network, in the order that people count', () => {
  const devices = ['enp10s0', 'enp2s0', 'enp3s0'].map((name) => device(name));
  expect(zones(devices)).toEqual({ wan: ['enp2s0'], lan: ['enp3s0'] });
});

test('a single port is the home network; what is no port is left alone', () => {
  const lo = device('lo', { kind: 'loopback', mac: null });
  expect(zones([lo, device('docker0', { kind: 'bridge' }), device('eth0')])).toEqual({ wan: [], lan: ['eth0'] });
  expect(zones([lo])).toEqual({ wan: [], lan: [] });
});

test('the internet may reach nothing, the home network the page; it gets addresses', () => {
  const config = firstConfiguration([device('eth0'), device('eth1')]);
  expect(parseConfig(config)).toMatchObject({ ok: true });
  expect(config.zones.map((zone) => zone.hostInbound)).toEqual([[], ['ping', 'web', 'dhcp', 'dns', 'ntp']]);
  expect(config.interfaces).toMatchObject([
    { name: 'eth0', ipv4: 'dhcp', ipv6: 'dhcpv6' },
    { name: 'eth1', addresses: ['192.168.1.1/24'], delegatedFrom: 'eth0' },
  ]);
  expect(config.dhcpServer.ipv4).toMatchObject([{ interface: 'eth1', ranges: ['192.168.1.100-192.168.1.199'] }]);
  expect(config.policies).toMatchObject([{ from: ['lan'], to: ['wan'], action: 'permit' }]);
});
