import { describe, expect, it } from 'vitest';
import { type ConfigInput, parseConfig, parseDomain, references, rename } from '../src/index.ts';

const base: ConfigInput = {
  interfaces: [{ name: 'lan0', addresses: ['10.0.0.1/24'] }, { name: 'wan0' }],
  zones: [
    { name: 'lan', interfaces: ['lan0'], hostInbound: ['dns', 'ntp'] },
    { name: 'wan', interfaces: ['wan0'] },
  ],
};
const found = (more: ConfigInput) =>
  parseConfig({ ...base, ...more }).issues.map((item) => `${item.severity} ${item.pointer}`);

describe('domain names', () => {
  it.each([
    ['NAS.Home.Arpa.', 'nas.home.arpa'],
    ['_sip._tcp.example', '_sip._tcp.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.b`, `${'a'.repeat(63)}.b`],
    ...['', '.', 'a..b', '-a.b', 'a-.b', 'bücher.example', 'a b', 'a"', 'a\n', '*.a', `${'a'.repeat(64)}.b`].map(
      (text): [string, null] => [text, null],
    ),
    [Array(64).fill('abc').join('.'), null],
  ])('%j is %j', (text, name) => {
    expect(parseDomain(text)).toBe(name);
  });
});

describe('checks', () => {
  it('an interface whose zone does not admit the service is warned of, one that is not there refused', () => {
    expect(
      found({ dns: { enabled: true, interfaces: ['lan0'] }, ntp: { enabled: true, interfaces: ['lan0'] } }),
    ).toEqual([]);
    expect(found({ dns: { enabled: true, interfaces: ['wan0'] } })).toEqual(['warning /dns/interfaces/0']);
    expect(found({ dns: { enabled: false, interfaces: ['wan0'] } })).toEqual([]);
    expect(found({ ntp: { interfaces: ['lan1'] } })).toEqual(['error /ntp/interfaces/0']);
    expect(found({ dns: { interfaces: ['lan0', 'lan0'] } })).toEqual(['error /dns/interfaces/1']);
  });

  it('a query that one forwarder gets encrypted does not go to another in the open', () => {
    const tls = { address: '9.9.9.9', tlsHostName: 'dns.quad9.net' };
    expect(found({ dns: { mode: 'forward', forwarders: [tls] } })).toEqual([]);
    expect(found({ dns: { mode: 'forward', forwarders: [tls, { address: '1.1.1.1' }] } })).toEqual([
      'error /dns/forwarders/1/tlsHostName',
    ]);
  });

  it('the box is not its own forwarder; names are unique; the local domain is its own', () => {
    expect(found({ dns: { forwarders: [{ address: '127.0.0.1' }] } })).toEqual(['error /dns/forwarders/0/address']);
    expect(found({ dns: { domains: [{ name: 'a.b', servers: ['::1'] }] } })).toEqual([
      'error /dns/domains/0/servers/0',
    ]);
    expect(found({ dns: { domains: [{ name: 'home.arpa', servers: ['10.0.0.9'] }] } })).toEqual([
      'error /dns/domains/0/name',
    ]);
    const host = { name: 'nas', addresses: ['10.0.0.5'] };
    expect(found({ dns: { hosts: [host, { ...host, id: 'other' }] } })).toEqual(['error /dns/hosts/1/name']);
  });

  it.each(['ftp://x.example/', 'https://user:word@x.example/', 'x'])('a block list is not at %s', (url) => {
    expect(found({ dns: { blockLists: [{ name: 'a', url }] } })).toEqual(['error /dns/blockLists/0/url']);
  });
});

it('a renamed interface is still listened on', () => {
  const parsed = parseConfig({ ...base, dns: { interfaces: ['lan0'] }, ntp: { interfaces: ['wan0', 'lan0'] } });
  if (!parsed.ok) throw new Error('refused');
  const { dns, ntp } = rename(parsed.config, 'interface', 'lan0', 'home0');
  expect([dns.interfaces, ntp.interfaces]).toEqual([['home0'], ['wan0', 'home0']]);
  expect(references(parsed.config, 'interface', 'wan0').map((item) => item.name)).toEqual(['wan', 'Time']);
});
