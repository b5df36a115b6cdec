/** The box resolves names and gives the time: for zones that admit it, with the real servers of the outside. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Appliance } from '../lab/appliance.ts';
import { baseConfig } from '../lab/base-config.ts';
import { Lab } from '../lab/lab.ts';
import { HOSTS, type HostName, INTERNET } from '../lab/names.ts';
import { waitUntil } from '../lab/wait.ts';
import { waitForEvent } from './fixture.ts';

let lab: Lab;
let appliance: Appliance;
const at = (name: string) => join(lab.directory, name);

/** A certificate for dns.example.net by an authority of our own, as PEM files `ca.pem`, `tls.key`, `tls.pem`. */
async function makeCertificates(): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const ca = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=lab authority'];
  await lab.exec('wan', ['openssl', 'req', '-x509', ...key, ...ca]);
  const own = ['-keyout', at('tls.key'), '-out', at('tls.pem'), '-subj', '/CN=dns.example.net'];
  const san = ['-addext', 'subjectAltName=DNS:dns.example.net', '-addext', 'basicConstraints=critical,CA:FALSE'];
  await lab.exec('wan', [
    'openssl',
    'req',
    '-x509',
    ...key,
    ...own,
    ...san,
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
  ]);
}

/** Unbound on the WAN that answers on 853 by TLS, from what the lab's dnsmasq knows. */
function startTlsServer(): void {
  const lines = [
    ...[
      'server:',
      `  interface: ${INTERNET.ip4}@853`,
      '  port: 853',
      '  tls-port: 853',
      '  chroot: ""',
      '  username: ""',
    ],
    ...['  pidfile: ""', '  use-syslog: no', '  do-not-query-localhost: no', '  module-config: "iterator"'],
    ...[`  tls-service-key: "${at('tls.key')}"`, `  tls-service-pem: "${at('tls.pem')}"`],
    ...['  access-control: 0.0.0.0/0 allow', 'forward-zone:', '  name: "."', '  forward-addr: 127.0.0.1'],
  ];
  writeFileSync(at('tls.conf'), `${lines.join('\n')}\n`);
  lab.start('wan', 'tls-dns', ['unbound', '-d', '-p', '-c', at('tls.conf')]);
}

/** chronyd on the WAN that believes its own clock. */
function startTimeServer(): void {
  mkdirSync(at('chrony'), { mode: 0o750 });
  const lines = ['local stratum 2', 'allow', 'cmdport 0', `pidfile ${at('chrony/pid')}`, 'bindcmdaddress /'];
  writeFileSync(at('chrony/conf'), `${lines.join('\n')}\n`);
  lab.start('wan', 'time-server', ['chronyd', '-d', '-U', '-x', '-u', 'root', '-f', at('chrony/conf')]);
}

const LISTS: Record<string, string> = {
  'hosts.txt': '0.0.0.0 ads.example.net\n"\nserver:\n  local-zone: "net." always_nxdomain\n0.0.0.0 com\n',
  'empty.txt': '<html>nothing here</html>\n',
};

beforeAll(async () => {
  lab = await Lab.up({ name: 'gh-test-dns-ntp' });
  appliance = new Appliance(lab);
  await makeCertificates();
  startTlsServer();
  startTimeServer();
  mkdirSync(at('lists'));
  for (const [name, text] of Object.entries(LISTS)) writeFileSync(join(at('lists'), name), text);
  writeFileSync(join(at('lists'), 'huge.txt'), Buffer.alloc(17 << 20, '0.0.0.0 name.example\n'));
  lab.start('wan', 'lists', ['python3', '-m', 'http.server', '--directory', at('lists'), '8000']);
  await appliance.startDaemon(baseConfig(), { caBundle: at('ca.pem') });
});
afterAll(async () => {
  // what the daemon started outlives it: the configuration without it ends it
  await appliance?.commit(baseConfig()).catch(() => {});
  await lab?.down();
});

type Dns = Config['dns'];
const forwarder = (over: Partial<Dns['forwarders'][number]> = {}) => ({ id: 'up', address: HOSTS.wan.ip4, ...over });

/** The base with the resolver on for the LAN, forwarding to the WAN's server, which signs nothing. */
const withDns = (over: Partial<Dns> = {}, edit: (config: Config) => void = () => {}): Config =>
  baseConfig((config) => {
    config.dns = {
      ...config.dns,
      ...{ enabled: true, interfaces: ['lan0', 'dmz0'], mode: 'forward', forwarders: [forwarder()], dnssec: false },
      ...over,
    };
    for (const zone of config.zones) if (zone.name === 'lan') zone.hostInbound.push('dns');
    edit(config);
  });

/** What dig says: status and the answers' data; "timeout" without an answer. */
async function dig(name: string, ...more: string[]): Promise<string> {
  return digFrom('lan', HOSTS.lan.gateway4, name, ...more);
}
async function digFrom(from: HostName, server: string, ...question: string[]): Promise<string> {
  const args = ['dig', '+tries=1', '+time=3', '+noall', '+answer', '+comments', `@${server}`, ...question];
  const { stdout, status } = await lab.tryExec(from, args);
  if (status !== 0) return 'timeout';
  const answers = stdout.split('\n').filter((line) => line && !line.startsWith(';'));
  const data = answers.map((line) => line.split(/\s+/).slice(4).join(' '));
  return [/status: (\w+)/.exec(stdout)?.[1] ?? 'none', ...data].join(' ');
}
const pid = (service = 'dns') =>
  readFileSync(join(appliance.stateDir, `run/services/gatehouse-${service}.pid`), 'utf8').split(' ')[0];

describe('names', () => {
  it('are resolved for the zone that admits it; the other gets nothing, and the log names the drop', async () => {
    expect(await dig('www.example.net')).toBe('timeout');
    await appliance.commit(withDns());
    expect(await dig('www.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
    expect(await digFrom('lan', HOSTS.lan.gateway6, 'www.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
    expect(await dig('www.example.net', '+tcp')).toBe(`NOERROR ${INTERNET.ip4}`);
    expect(await digFrom('dmz', HOSTS.dmz.gateway4, 'www.example.net')).toBe('timeout');
    const drop = await waitForEvent(appliance, { kind: 'drop', port: 53 }, (entry) => entry.fromZone === 'dmz');
    expect(drop.reason).toBe('host-inbound');
    const { issues } = await appliance.client.config.check.mutate({ config: withDns() });
    expect(issues.filter((item) => item.pointer.startsWith('/dns')).map((item) => item.value)).toEqual(['dmz0']);
  });

  it('of one’s own: hosts, their reverse, a domain with servers of its own; a neighbour is not there', async () => {
    const before = pid();
    await appliance.commit(
      withDns({
        hosts: [
          { id: 'nas', name: 'nas', addresses: ['10.10.0.5'] },
          { id: 'ads', name: 'ads.example.net', addresses: ['10.10.0.6'] },
        ],
        domains: [{ id: 'lab', name: 'lab.test', servers: [HOSTS.dmz.ip4] }],
      }),
    );
    expect(pid()).toBe(before);
    expect(await dig('nas.home.arpa')).toBe('NOERROR 10.10.0.5');
    expect(await dig('other.home.arpa')).toBe('NXDOMAIN');
    expect(await dig('-x', '10.10.0.5')).toBe('NOERROR nas.home.arpa.');
    expect(await dig('-x', '10.10.0.7')).toBe('NXDOMAIN');
    expect(await dig('ads.example.net')).toBe('NOERROR 10.10.0.6');
    // private, and of a domain whose servers we named
    expect(await dig('lan.lab.test')).toBe(`NOERROR ${HOSTS.lan.ip4}`);
    await appliance.commit(withDns());
    expect(pid()).toBe(before);
    expect(await dig('nas.home.arpa')).toBe('NXDOMAIN');
    expect(await dig('lan.lab.test')).toBe('NXDOMAIN');
    expect(await dig('ads.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
  });

  it('that lead into private networks are not believed, but for the exempt', async () => {
    expect(await dig('rebind.example.net')).toBe('NOERROR');
    await appliance.commit(withDns({ privateDomains: ['rebind.example.net'] }));
    expect(await dig('rebind.example.net')).toBe('NOERROR 10.10.0.10');
    await appliance.commit(withDns({ rebindingProtection: true }));
    expect(await dig('rebind.example.net')).not.toContain('10.10.0.10');
  });

  it('without signatures are refused while DNSSEC is on and the forwarder has none', async () => {
    await appliance.commit(withDns({ dnssec: true }));
    expect(await dig('www.example.net')).toBe('SERVFAIL');
    await appliance.commit(
      withDns({ dnssec: true, domains: [{ id: 'd', name: 'lab.test', servers: [HOSTS.dmz.ip4] }] }),
    );
    expect(await dig('www.lab.test')).toBe(`NOERROR ${INTERNET.ip4}`);
  });

  it('come by TLS from a server that proves its name, and not from one that does not', async () => {
    const tls = (tlsHostName: string) => withDns({ forwarders: [forwarder({ address: INTERNET.ip4, tlsHostName })] });
    await appliance.commit(tls('dns.example.net'));
    expect(await dig('www.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
    await appliance.commit(tls('other.example.net'));
    await appliance.client.dns.flush.mutate({});
    expect(await dig('www.example.net')).toMatch(/SERVFAIL|timeout/);
  });
});

describe('block lists', () => {
  const list = (name: string) => ({
    ...{ id: name, name, enabled: true, url: `http://${HOSTS.wan.ip4}:8000/${name}.txt`, format: 'hosts' as const },
  });
  const states = async () =>
    Object.fromEntries((await appliance.client.dns.status.query()).blockLists.map((item) => [item.name, item]));

  it('are fetched and block; a hostile line, an oversized list and one that is none do nothing', async () => {
    await appliance.commit(withDns({ blockLists: [list('hosts'), list('huge'), list('empty'), list('missing')] }));
    await waitUntil('the lists', async () =>
      Object.values(await states()).every((item) => item.fetchedAt || item.error),
    );
    await waitUntil('the block', async () => (await dig('ads.example.net')) === 'NXDOMAIN');
    expect(await dig('x.ads.example.net')).toBe('NXDOMAIN');
    expect(await dig('www.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
    const found = await states();
    expect(found.hosts).toMatchObject({ names: 1, error: null });
    expect(found.huge?.error).toMatch(/larger than 16 MiB/);
    expect(found.empty?.error).toMatch(/no name in the format hosts/);
    expect(found.missing?.error).toMatch(/404/);
    const { subsystems } = await appliance.client.system.status.query();
    expect(subsystems.find((item) => item.name === 'dns')).toMatchObject({ state: 'degraded' });
  });

  it('answer as configured, spare what is allowed, and outlive the daemon', async () => {
    await appliance.commit(withDns({ blockLists: [list('hosts')], blockedAnswer: 'null-address' }));
    expect(await dig('ads.example.net')).toBe('NOERROR 0.0.0.0');
    await appliance.commit(withDns({ blockLists: [list('hosts')], allowed: ['ads.example.net'] }));
    expect(await dig('ads.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
    await appliance.commit(withDns({ blockLists: [list('hosts')] }));
    const before = pid();
    await appliance.stopDaemon();
    expect(await dig('ads.example.net')).toBe('NXDOMAIN');
    await appliance.startDaemon(undefined, { caBundle: at('ca.pem') });
    expect(pid()).toBe(before);
    expect(await dig('ads.example.net')).toBe('NXDOMAIN');
  });
});

describe('a commit', () => {
  it('whose resolver does not come up changes nothing at all', async () => {
    await appliance.commit(baseConfig());
    expect(await dig('www.example.net')).toBe('timeout');
    const squatter = lab.start('appliance', 'squatter', ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '53']);
    await waitUntil('the squatter', async () =>
      (await lab.exec('appliance', ['ss', '-Hlnt'])).includes('127.0.0.1:53'),
    );
    const renamed = withDns({}, (config) => {
      config.system.hostName = 'other';
    });
    await expect(appliance.commit(renamed)).rejects.toThrow(/dns/);
    expect((await appliance.client.config.running.query()).config.system.hostName).toBe('lab');
    expect(await dig('www.example.net')).toBe('timeout');
    process.kill(squatter.id.pid);
    await appliance.commit(renamed);
    expect(await dig('www.example.net')).toBe(`NOERROR ${INTERNET.ip4}`);
  });

  it('with a value that can not be is refused at its field', async () => {
    const wrong = withDns();
    wrong.dns.interfaces = ['lan9'];
    await expect(appliance.commit(wrong)).rejects.toThrow(/\/dns\/interfaces\/0 is no interface/);
    const host = withDns();
    host.dns.hosts = [{ id: 'x', name: 'a"\nserver:', addresses: ['10.0.0.1'] }];
    await expect(appliance.commit(host)).rejects.toThrow(/\/dns\/hosts\/0\/name is not a domain name/);
  });
});

describe('the box itself', () => {
  it('asks its own resolver, says what it found, and forgets on demand', async () => {
    const { client } = appliance;
    expect(await client.dns.lookup.mutate({ name: 'www.example.net' })).toMatchObject({
      ...{ name: 'www.example.net', type: 'A', answers: [INTERNET.ip4], error: null },
    });
    expect(await client.dns.lookup.mutate({ name: 'nobody.home.arpa' })).toMatchObject({ error: 'ENOTFOUND' });
    await expect(client.dns.lookup.mutate({ name: 'a b' })).rejects.toThrow(/not a domain name/);
    expect((await client.dns.status.query()).statistics?.queries).toBeGreaterThan(0);
    expect(await client.dns.flush.mutate({ name: 'example.net' })).toEqual({ flushed: 'example.net' });
    expect((await appliance.cli(['show', 'dns'])).stdout).toContain(HOSTS.wan.ip4);
    const conf = () => readFileSync(join(appliance.stateDir, 'run/resolv.conf'), 'utf8');
    expect(conf()).toMatch(/^nameserver 127\.0\.0\.1\n/);
    await appliance.commit(withDns({ enabled: false }));
    expect(conf()).toMatch(new RegExp(`^nameserver ${HOSTS.wan.ip4}\n`));
    await expect(client.dns.lookup.mutate({ name: 'www.example.net' })).rejects.toThrow(/DNS is off/);
  });
});

describe('time', () => {
  /** Does a server answer when it is asked for the time? */
  async function askTime(from: HostName, server: string): Promise<boolean> {
    const args = [
      'chronyd',
      '-Q',
      '-U',
      '-u',
      'root',
      '-t',
      '6',
      '-f',
      '/dev/null',
      `server ${server} iburst maxsamples 1`,
    ];
    const done = await lab.tryExec(from, [...args, `pidfile ${at(`${from}.pid`)}`, 'cmdport 0'], { timeoutMs: 15_000 });
    return done.status === 0 && /System clock wrong by/.test(done.stderr + done.stdout);
  }

  it('comes from the outside and is given to the zone that admits it', async () => {
    await appliance.commit(
      baseConfig((config) => {
        config.ntp = {
          ...config.ntp,
          ...{ enabled: true, interfaces: ['lan0'] },
          servers: [{ id: 'up', name: HOSTS.wan.ip4, kind: 'server', nts: false }],
        };
        for (const zone of config.zones) if (zone.name === 'lan') zone.hostInbound.push('ntp');
      }),
    );
    const status = await waitUntil(
      'the time server',
      async () => {
        const now = await appliance.client.ntp.status.query();
        return now.tracking?.synchronised ? now : null;
      },
      { timeoutMs: 30_000 },
    );
    expect(status.sources).toMatchObject([{ name: HOSTS.wan.ip4, state: 'selected', stratum: 2 }]);
    expect(status.tracking?.stratum).toBe(3);
    expect((await appliance.cli(['show', 'ntp'])).stdout).toContain(`synchronised with ${HOSTS.wan.ip4}`);
    expect(await askTime('lan', HOSTS.lan.gateway4)).toBe(true);
    expect(await askTime('dmz', HOSTS.dmz.gateway4)).toBe(false);
    // in a lab the daemon leaves the clock of the machine alone
    expect(readFileSync(`/proc/${pid('ntp')}/cmdline`, 'utf8').split('\0')).toContain('-x');
  }, 60_000);
});

describe('servers that the provider names by DHCP', () => {
  it('are asked for names and for the time, without a commit', async () => {
    const dhcp = [
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--port=0',
      '--interface=eth0',
      '--user=root',
    ];
    const range = [
      '--bind-interfaces',
      `--dhcp-leasefile=${at('leases')}`,
      '--dhcp-range=203.0.113.50,203.0.113.50,2m',
    ];
    const options = [3, 6, 42].map((option) => `--dhcp-option=${option},${HOSTS.wan.ip4}`);
    lab.start('wan', 'dhcp', [...dhcp, ...range, ...options]);
    await appliance.commit(
      withDns({ forwarders: [] }, (config) => {
        config.ntp.enabled = true;
        config.routes = config.routes.filter((route) => route.destination.includes(':'));
        for (const item of config.interfaces)
          if (item.name === 'wan0')
            Object.assign(item, { addresses: item.addresses.filter((text) => text.includes(':')), ipv4: 'dhcp' });
      }),
    );
    const { client } = appliance;
    const patience = { timeoutMs: 40_000, everyMs: 200 };
    const forwards = async () => (await client.dns.status.query()).forwards;
    await waitUntil('the forwarder', async () => (await forwards())[0]?.servers.includes(HOSTS.wan.ip4), patience);
    await waitUntil('an answer', async () => (await dig('www.example.net')) === `NOERROR ${INTERNET.ip4}`, patience);
    const { sources } = await client.ntp.status.query();
    expect(sources.map((item) => item.name)).toEqual([HOSTS.wan.ip4]);
  }, 100_000);
});
