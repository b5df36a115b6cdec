/** DHCP scopes, reservations and router advertisements: what is refused, where, and what just is not. */
import { describe, expect, it } from 'vitest';
import { encodeOption, fromText, parseConfig, rename, toText } from '../src/index.ts';

const BASE = {
  interfaces: [
    { name: 'lan0', addresses: ['10.10.0.1/24', '2001:db8:10::1/64'] },
    { name: 'guest0', addresses: ['10.30.0.1/24'] },
    { name: 'bare0' },
    { name: 'wan0', ipv6: 'dhcpv6', requestPrefix: 56 },
    { name: 'behind0', delegatedFrom: 'wan0' },
    { name: 'off0', addresses: ['10.40.0.1/24'], enabled: false },
  ],
  zones: [
    { name: 'lan', interfaces: ['lan0', 'bare0', 'off0', 'wan0', 'behind0'], hostInbound: ['dhcp', 'dhcpv6', 'dns'] },
    { name: 'guest', interfaces: ['guest0'], hostInbound: ['ping'] },
  ],
};

const scope = (more: object = {}) => ({
  name: 'lan',
  interface: 'lan0',
  ranges: ['10.10.0.100-10.10.0.199'],
  ...more,
});
const scope6 = (more: object = {}) => ({
  name: 'lan6',
  interface: 'lan0',
  ranges: ['2001:db8:10::100-2001:db8:10::1ff'],
  ...more,
});
const advertise = (more: object = {}) => ({ interface: 'lan0', ...more });

type Section = { ipv4?: object[]; ipv6?: object[]; reservations?: object[]; ra?: object[] };

/** Issues as "pointer message", errors marked with "!". */
function issues({ ra = [], ...dhcpServer }: Section): string[] {
  const result = parseConfig({ ...BASE, dhcpServer, routerAdvertisements: ra });
  return result.issues.map((item) => {
    expect(item.remedy).not.toBe('');
    return `${item.severity === 'error' ? '!' : ''}${item.pointer} ${item.message}`;
  });
}

describe('IPv4 scopes', () => {
  it('a plain one is right', () => expect(issues({ ipv4: [scope()] })).toEqual([]));

  it.each([
    ['a range that ends outside', { ranges: ['10.10.0.100-10.10.1.5'] }, '!/dhcpServer/ipv4/0/ranges/0 is not inside'],
    ['the broadcast address', { ranges: ['10.10.0.100-10.10.0.255'] }, '!/dhcpServer/ipv4/0/ranges/0 is not inside'],
    ['the network address', { ranges: ['10.10.0.0-10.10.0.0'] }, '!/dhcpServer/ipv4/0/ranges/0 is not inside'],
    ['the box itself', { ranges: ['10.10.0.1-10.10.0.9'] }, '!/dhcpServer/ipv4/0/ranges/0 contains the address'],
    [
      'ranges that overlap by one address',
      { ranges: ['10.10.0.100-10.10.0.110', '10.10.0.110-10.10.0.120'] },
      '!/dhcpServer/ipv4/0/ranges/1 overlaps 10.10.0.100-10.10.0.110',
    ],
    ['a reversed range', { ranges: ['10.10.0.199-10.10.0.100'] }, '!/dhcpServer/ipv4/0/ranges/0 is not a range'],
    ['a gateway elsewhere', { gateway: '10.10.1.1' }, '!/dhcpServer/ipv4/0/gateway is not inside of 10.10.0.0/24'],
    ['an IPv6 gateway', { gateway: '2001:db8:10::1' }, '!/dhcpServer/ipv4/0/gateway is not an IPv4 address'],
    ['no such interface', { interface: 'lan1' }, '!/dhcpServer/ipv4/0/interface is no interface'],
    [
      'an interface without an address',
      { interface: 'bare0', ranges: [] },
      '!/dhcpServer/ipv4/0/interface has no IPv4',
    ],
    ['a switched-off interface', { interface: 'off0', ranges: [] }, '/dhcpServer/ipv4/0/interface is switched off'],
    [
      'too many ranges',
      { ranges: Array(65).fill('10.10.0.100-10.10.0.100') },
      '!/dhcpServer/ipv4/0/ranges are too many',
    ],
  ])('%s', (_, more, message) => expect(issues({ ipv4: [scope(more)] })[0]).toContain(message));

  it.each([
    ['the last address before the broadcast', { ranges: ['10.10.0.100-10.10.0.254'] }],
    ['ranges that touch', { ranges: ['10.10.0.100-10.10.0.110', '10.10.0.111-10.10.0.120'] }],
    ['the address behind the box', { ranges: ['10.10.0.2-10.10.0.9'] }],
    ['another router', { gateway: '10.10.0.254' }],
    ['one that is off, whatever it says', { enabled: false, gateway: '10.10.1.1' }],
  ])('%s is right', (_, more) => expect(issues({ ipv4: [scope(more)] })).toEqual([]));

  it('a zone that does not let the questions in is said, with the remedy', () => {
    const guest = scope({ interface: 'guest0', ranges: ['10.30.0.10-10.30.0.20'], dnsServers: ['9.9.9.9'] });
    expect(issues({ ipv4: [guest] })).toEqual([
      '/dhcpServer/ipv4/0/interface is in zone guest, which does not admit dhcp to the box',
    ]);
  });

  it('a scope with nothing to give is said; reservations are something', () => {
    const bare = [scope({ ranges: [] })];
    const one = { name: 'printer', address: '10.10.0.50', mac: '52:54:00:00:00:01' };
    expect(issues({ ipv4: bare })).toEqual(['/dhcpServer/ipv4/0/ranges give nobody an address']);
    expect(issues({ ipv4: bare, reservations: [one] })).toEqual([]);
  });

  it('two scopes for one network', () =>
    expect(issues({ ipv4: [scope(), scope({ name: 'twice' })] })).toEqual([
      '!/dhcpServer/ipv4/1/interface is served by lan already',
    ]));
});

describe('reservations', () => {
  const reserved = (...reservations: object[]) =>
    issues({ ipv4: [scope()], ipv6: [scope6()], reservations, ra: [advertise({ managed: true })] });
  const printer = { name: 'printer', address: '10.10.0.50', mac: '52-54-00-00-00-01' };

  it.each([
    ['outside of the ranges', printer],
    ['inside of a range', { ...printer, address: '10.10.0.150' }],
    ['by client id', { name: 'pump', address: '10.10.0.51', clientId: '01:02:03' }],
    ['IPv6 by DUID', { name: 'six', address: '2001:db8:10::50', duid: '00:03:00:01:52:54:00:00:00:01' }],
  ])('%s is right', (_, item) => expect(reserved(item)).toEqual([]));

  it.each([
    ['in no network', { ...printer, address: '10.11.0.50' }, 'address is in no network'],
    ['the box', { ...printer, address: '10.10.0.1' }, 'address is the address of the box'],
    ['the broadcast address', { ...printer, address: '10.10.0.255' }, 'address is the network or broadcast'],
    ['no identifier', { name: 'x', address: '10.10.0.50' }, 'mac is missing'],
    ['two identifiers', { ...printer, clientId: '01:02' }, 'clientId is a second identifier'],
    ['a DUID for IPv4', { name: 'x', address: '10.10.0.50', duid: '00:03:00' }, 'duid is of no use'],
    ['a broken MAC', { ...printer, mac: '52:54:00:00:00' }, 'mac is not a MAC address'],
  ])('%s', (_, item, message) => expect(reserved(item)[0]).toContain(`!/dhcpServer/reservations/0/${message}`));

  it('the same MAC or address twice in a network; the same MAC in both families is right', () => {
    expect(reserved(printer, { ...printer, name: 'b', address: '10.10.0.51' })).toEqual([
      '!/dhcpServer/reservations/1/mac is already reserved by printer',
    ]);
    expect(reserved(printer, { ...printer, name: 'b', mac: '52:54:00:00:00:02' })).toEqual([
      '!/dhcpServer/reservations/1/address is already reserved by printer',
    ]);
    expect(reserved(printer, { ...printer, name: 'b', address: '2001:db8:10::51' })).toEqual([]);
  });
});

describe('IPv6', () => {
  it('a stateful scope wants the managed flag, a stateless one the other', () => {
    const managed = [advertise({ managed: true })];
    const other = [advertise({ otherConfig: true })];
    const stateless = scope6({ mode: 'stateless', ranges: [] });
    expect(issues({ ipv6: [scope6()], ra: managed })).toEqual([]);
    expect(issues({ ipv6: [scope6()], ra: other })[0]).toContain('/dhcpServer/ipv6/0/interface does not advertise');
    expect(issues({ ipv6: [stateless], ra: other })).toEqual([]);
    expect(issues({ ipv6: [], ra: managed })[0]).toContain('/routerAdvertisements/0/managed sends clients');
  });

  it.each([
    ['a range elsewhere', scope6({ ranges: ['2001:db8:11::1-2001:db8:11::2'] }), 'ranges/0 is not inside'],
    ['an IPv4 range', scope6({ ranges: ['10.10.0.5-10.10.0.6'] }), 'ranges/0 is not inside'],
    ['ranges of a stateless one', scope6({ mode: 'stateless' }), 'ranges are set'],
    ['no address', scope6({ interface: 'bare0', ranges: [] }), 'interface has no IPv6 address'],
  ])('%s', (_, item, message) =>
    expect(issues({ ipv6: [item], ra: [advertise({ managed: true, otherConfig: true })] })[0]).toContain(
      `!/dhcpServer/ipv6/0/${message}`,
    ),
  );

  it.each([
    ['an IPv4 prefix', { prefixes: ['10.0.0.0/8'] }, 'prefixes/0 is not an IPv6 prefix'],
    ['SLAAC from a /60', { prefixes: ['2001:db8:10::/60'] }, 'prefixes/0 is not a /64'],
    ['lifetimes', { validLifetime: 600, preferredLifetime: 601 }, 'preferredLifetime is longer'],
    ['a router that ends too early', { routerLifetime: 599 }, 'routerLifetime ends before'],
    ['an MTU above the link', { mtu: 1501 }, 'mtu is larger'],
  ])('advertisements: %s', (_, more, message) =>
    expect(issues({ ra: [advertise(more)] })[0]).toContain(`!/routerAdvertisements/0/${message}`),
  );

  it.each([
    ['a /60 without SLAAC', { prefixes: ['2001:db8:10::/60'], autonomous: false }],
    ['equal lifetimes', { validLifetime: 600, preferredLifetime: 600 }],
    ['not a default router', { routerLifetime: 0 }],
    ['a delegated prefix', { interface: 'behind0' }],
    ['a prefix that is written down', { interface: 'bare0', prefixes: ['2001:db8:10::/64'] }],
    ['the MTU of the link', { mtu: 1500 }],
  ])('advertisements: %s is right', (_, more) => expect(issues({ ra: [advertise(more)] })).toEqual([]));

  it('an interface without a network is said; one that is a client itself is refused', () => {
    const [first] = issues({ ra: [advertise({ interface: 'bare0', dnsServers: ['2001:db8::1'] })] });
    expect(first).toBe('/routerAdvertisements/0/interface has no IPv6 network to advertise');
    const [second] = issues({ ra: [advertise({ interface: 'wan0', dnsServers: ['2001:db8::1'] })] });
    expect(second).toBe('!/routerAdvertisements/0/interface takes its own addresses from this network');
  });

  it('two entries for an interface', () =>
    expect(issues({ ra: [advertise(), advertise({ id: 'again' })] })).toEqual([
      '!/routerAdvertisements/1/interface has router advertisements already',
    ]));
});

describe('options', () => {
  it.each([
    [
      { option: 'tftp-server-name', value: 'boot' },
      { code: 66, hex: '626f6f74' },
    ],
    [
      { option: 26, value: '1400' },
      { code: 26, hex: '0578' },
    ],
    [
      { option: 'time-offset', value: '-3600' },
      { code: 2, hex: 'fffff1f0' },
    ],
    [
      { option: 'log-servers', value: '10.0.0.1, 10.0.0.2' },
      { code: 7, hex: '0a0000010a000002' },
    ],
    [
      { option: 'classless-static-route', value: '10.17.0.0/16 via 10.0.0.1, 0.0.0.0/0 via 10.0.0.2' },
      { code: 121, hex: '100a110a000001000a000002' },
    ],
    [{ option: 224, type: 'domains', value: 'a.bc' } as const, { code: 224, hex: '016102626300' }],
    [{ option: 43, type: 'hex', value: '01:04 0A' } as const, { code: 43, hex: '01040a' }],
  ])('%j', (entry, encoded) => expect(encodeOption(4, entry)).toEqual(encoded));

  it.each([
    [{ option: 'interface-mtu', value: '65536' }, 'value'],
    [{ option: 'interface-mtu', value: '-1' }, 'value'],
    [{ option: 'log-servers', value: '2001:db8::1' }, 'value'],
    [{ option: 'classless-static-route', value: '10.17.0.0/16' }, 'value'],
    [{ option: 225, value: 'x' }, 'type'],
    [{ option: 3, type: 'address', value: '10.0.0.1' } as const, 'option'],
    [{ option: 53, type: 'uint8', value: '1' } as const, 'option'],
    [{ option: 67, value: 'x'.repeat(256) }, 'value'],
    [{ option: 43, value: '0' }, 'value'],
  ])('%j is refused', (entry, field) => expect(encodeOption(4, entry)).toMatchObject({ field }));

  it('stand at their place in the scope', () =>
    expect(issues({ ipv4: [scope({ options: [{ option: 'interface-mtu', value: 'big' }] })] })[0]).toContain(
      '!/dhcpServer/ipv4/0/options/0/value does not fit the type uint16',
    ));
});

it('the text form says the same, and renaming an interface takes everything along', () => {
  const result = parseConfig({
    ...BASE,
    dhcpServer: {
      ipv4: [
        scope({
          options: [
            { option: 'wpad', value: 'http://wpad/' },
            { option: 224, type: 'hex', value: '0a' },
          ],
        }),
      ],
      ipv6: [scope6()],
      reservations: [{ name: 'printer', address: '10.10.0.50', mac: '52:54:00:00:00:01' }],
    },
    routerAdvertisements: [advertise({ managed: true })],
  });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  expect(fromText(toText(result.config))).toMatchObject({ ok: true, config: result.config });
  const { dhcpServer, routerAdvertisements } = rename(result.config, 'interface', 'lan0', 'port1');
  const named = [...dhcpServer.ipv4, ...dhcpServer.ipv6, ...routerAdvertisements].map((item) => item.interface);
  expect(named).toEqual(['port1', 'port1', 'port1']);
});
