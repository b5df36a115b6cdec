/** What the DHCP page offers to begin with is right as it stands. */
import { type Config, parseCidr, parseConfig } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { itemsOf, newItem } from '../src/forms/lists.ts';
import { hrefOf } from '../src/lib/places.ts';
import {
  type Lease,
  reservationFor,
  suggestAdvertisement,
  suggestRange,
  suggestScope,
} from '../src/views/dhcp/suggest.ts';

function config(more: object = {}): Config {
  const parsed = parseConfig({
    interfaces: [
      { name: 'wan0', addresses: ['203.0.113.1/24', '2001:db8:ffff::1/64'] },
      { name: 'lan0', addresses: ['192.168.1.1/24', '2001:db8:1::1/64'] },
      { name: 'dmz0', addresses: ['10.20.0.1/28'] },
    ],
    routes: [
      { destination: '0.0.0.0/0', nextHop: '203.0.113.100' },
      { destination: '::/0', nextHop: '2001:db8:ffff::100' },
    ],
    zones: [{ name: 'all', interfaces: ['wan0', 'lan0', 'dmz0'], hostInbound: ['all'] }],
    ...more,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.config;
}

describe('ranges', () => {
  it.each([
    ['192.168.1.1/24', '192.168.1.100-192.168.1.199'],
    ['192.168.1.120/24', '192.168.1.121-192.168.1.199'],
    ['10.20.0.1/28', '10.20.0.8-10.20.0.14'],
    ['10.20.0.1/29', undefined],
    ['10.0.0.1/16', '10.0.0.100-10.0.0.199'],
    ['2001:db8:1::1/64', '2001:db8:1::1000-2001:db8:1::1fff'],
  ])('%s', (text, range) => {
    const prefix = parseCidr(text);
    if (!prefix) throw new Error(text);
    const host = BigInt((prefix.family === 4 ? 32 : 128) - prefix.length);
    const network = { ...prefix, value: (prefix.value >> host) << host };
    expect(suggestRange(network, prefix.value)).toBe(range);
  });
});

describe('a new scope', () => {
  it('is for the first network that has none, not the provider’s, and right as it stands', () => {
    const draft = config();
    for (const name of ['lan0', 'dmz0']) {
      const items = itemsOf(draft, 'dhcpServer.ipv4');
      const item = newItem(items, 'dhcpServer.ipv4', suggestScope(draft, 4));
      expect(item).toMatchObject({ name, interface: name });
      items.push(item);
      expect(parseConfig(draft).issues).toEqual([]);
    }
    expect(suggestScope(draft, 4)).toEqual({});
    expect(suggestScope(draft, 6)).toMatchObject({ interface: 'lan0' });
  });

  it('an advertisement sends the clients to the scope that is there', () => {
    const plain = config();
    expect(suggestAdvertisement(plain)).toEqual({ interface: 'lan0' });
    itemsOf(plain, 'dhcpServer.ipv6').push(newItem([], 'dhcpServer.ipv6', suggestScope(plain, 6)));
    expect(suggestAdvertisement(plain)).toEqual({ interface: 'lan0', managed: true });
    itemsOf(plain, 'routerAdvertisements').push(newItem([], 'routerAdvertisements', { interface: 'lan0' }));
    expect(suggestAdvertisement(plain)).toEqual({ interface: '' });
    for (const item of plain.interfaces) if (item.name === 'dmz0') item.delegatedFrom = 'wan0';
    expect(suggestAdvertisement(plain)).toEqual({ interface: 'dmz0' });
  });
});

describe('a reservation out of a lease', () => {
  const lease: Lease = {
    family: 4,
    address: '192.168.1.100',
    mac: '52:54:00:00:00:01',
    clientId: '01:52:54:00:00:00:01',
    duid: null,
    hostName: 'laptop.home.arpa',
    state: 'active',
    expiresAt: 0,
    scope: 'lan0',
    interface: 'lan0',
    reservation: null,
  };
  it.each([
    [lease, { name: 'laptop', address: '192.168.1.100', mac: '52:54:00:00:00:01' }],
    [
      { ...lease, hostName: null, mac: null },
      { name: 'host-192-168-1-100', address: '192.168.1.100', clientId: '01:52:54:00:00:00:01' },
    ],
    [
      { ...lease, family: 6 as const, address: '2001:db8:1::1000', duid: '00:03:00:01:52:54', hostName: '' },
      { name: 'host-2001-db8-1-1000', address: '2001:db8:1::1000', duid: '00:03:00:01:52:54' },
    ],
  ])('%#', (from, reservation) => {
    expect(reservationFor(from)).toEqual(reservation);
    const draft = config();
    for (const family of [4, 6] as const) {
      const list = `dhcpServer.ipv${family}` as const;
      itemsOf(draft, list).push(newItem([], list, suggestScope(draft, family)));
    }
    const items = itemsOf(draft, 'dhcpServer.reservations');
    items.push(newItem(items, 'dhcpServer.reservations', reservationFor(from)));
    expect(parseConfig(draft).issues.filter((issue) => issue.severity === 'error')).toEqual([]);
  });
});

it('every list of the page is found from a path', () => {
  const draft = config({
    dhcpServer: { ipv4: [{ name: 'lan', interface: 'lan0' }] },
    routerAdvertisements: [{ interface: 'lan0' }],
  });
  expect(hrefOf(draft, ['dhcpServer', 'ipv4', 0, 'ranges', 0])).toBe('/dhcp?kind=ipv4&object=lan');
  expect(hrefOf(draft, ['routerAdvertisements', 0])).toBe('/dhcp?kind=routerAdvertisements&object=lan0');
  expect(hrefOf(draft, ['nat', 'source'])).toBe('/nat?kind=source');
  expect(hrefOf(draft, ['zones', 0])).toBe('/zones?object=all');
});
