/** What the console makes of a configuration: valid ones, with the services along. */
import { type Config, diff, parseConfig } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { assign, exchange, managementInterface, rangeFor, withoutInterface } from '../../src/console/assign.ts';
import { firstConfiguration } from '../../src/first-boot.ts';
import type { InterfaceFact } from '../../src/subsystems/subsystem.ts';

const port = (name: string, index: number): InterfaceFact => ({
  ...{ name, ifindex: index, kind: 'ethernet', mac: `52:54:00:00:00:0${index}`, up: true, carrier: true },
  ...{ mtu: 1500, addresses: [] },
});
const first = (): Config => firstConfiguration([port('enp1', 1), port('enp2', 2), port('enp3', 3)]);
const errors = (config: Config) => {
  const parsed = parseConfig(structuredClone(config));
  return parsed.ok ? parsed.issues.filter((item) => item.severity === 'error') : parsed.issues;
};

describe('exchange', () => {
  it('moves the home network to a port without a task', () => {
    const config = exchange(first(), 'enp2', 'enp3');
    expect(errors(config)).toEqual([]);
    expect(managementInterface(config)?.name).toBe('enp3');
    expect(config.dhcpServer.ipv4.map((scope) => scope.interface)).toEqual(['enp3']);
    expect(config.dns.interfaces).toEqual(['enp3']);
    expect(JSON.stringify(config)).not.toContain('enp2');
  });

  it('with the internet’s port changes both, and twice changes nothing', () => {
    const config = exchange(first(), 'enp2', 'enp1');
    expect(errors(config)).toEqual([]);
    expect(config.interfaces.find((item) => item.name === 'enp1')).toMatchObject({
      delegatedFrom: 'enp2',
      ipv4: 'static',
    });
    expect(config.interfaces.find((item) => item.name === 'enp2')?.ipv4).toBe('dhcp');
    expect(config.zones.map((zone) => zone.interfaces)).toEqual([['enp2'], ['enp1']]);
    expect(diff(first(), exchange(config, 'enp1', 'enp2'))).toEqual([]);
  });
});

describe('assign', () => {
  const home = { device: 'enp2', zone: 'lan', dhcp: false };

  it('another address takes DHCP along, and the reservations of the old network go', () => {
    const before = first();
    before.dhcpServer.reservations.push({
      ...{ id: 'tv', name: 'tv', enabled: true, address: '192.168.1.7', mac: '52:54:00:aa:bb:cc' },
    });
    const config = assign(before, { ...home, address: '10.9.0.1/24' });
    expect(errors(config)).toEqual([]);
    expect(config.dhcpServer.ipv4[0]?.ranges).toEqual(['10.9.0.100-10.9.0.199']);
    expect(config.dhcpServer.reservations).toEqual([]);
  });

  it('another host number of the same network leaves DHCP as it is', () => {
    const before = first();
    const config = assign(before, { ...home, address: '192.168.1.2/24' });
    expect(errors(config)).toEqual([]);
    expect(config.dhcpServer).toEqual(before.dhcpServer);
  });

  it('a locked page opens again; a zone that admits it stays as it is', () => {
    const locked = first();
    for (const zone of locked.zones) zone.hostInbound = zone.hostInbound.filter((item) => item !== 'web');
    expect(managementInterface(locked)).toBeUndefined();
    const address = '192.168.1.1/24';
    expect(managementInterface(assign(locked, { ...home, address }))?.name).toBe('enp2');
    expect(diff(first(), assign(first(), { ...home, address }))).toEqual([]);
  });

  it('makes interface, zone and DHCP on a box that has nothing', () => {
    const parsed = parseConfig({});
    if (!parsed.ok) throw new Error('the empty configuration is refused');
    const config = assign(parsed.config, { device: 'enp3', address: '192.168.1.1/24', zone: 'lan', dhcp: true });
    expect(errors(config)).toEqual([]);
    expect(config.zones[0]).toMatchObject({ name: 'lan', interfaces: ['enp3'], hostInbound: ['ping', 'web', 'dhcp'] });
    expect(config.dhcpServer.ipv4[0]?.ranges).toEqual(['192.168.1.100-192.168.1.199']);
  });
});

it('without an interface, nothing names it', () => {
  for (const name of ['enp1', 'enp2']) {
    const config = withoutInterface(first(), name);
    expect(errors(config)).toEqual([]);
    expect(JSON.stringify(config)).not.toContain(name);
  }
});

it('what DHCP gives out is of the network and not the box’s own address', () => {
  expect(rangeFor('192.168.1.1/24')).toBe('192.168.1.100-192.168.1.199');
  expect(rangeFor('192.168.1.150/24')).toBe('192.168.1.10-192.168.1.99');
  expect(rangeFor('10.0.7.1/16')).toBe('10.0.0.100-10.0.0.199');
  expect(rangeFor('10.0.0.1/28')).toBe('10.0.0.8-10.0.0.14');
  expect(rangeFor('10.0.0.9/28')).toBe('10.0.0.1-10.0.0.7');
  expect(rangeFor('10.0.0.1/30')).toBeNull();
  expect(rangeFor('2001:db8::1/64')).toBeNull();
});
