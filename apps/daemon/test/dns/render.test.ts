/** What is rendered is read by the real programs, and by them as it was meant. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigInput, parseConfig } from '@gatehouse/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError, run } from '../../src/process/run.ts';
import { parseBlockList } from '../../src/subsystems/dns/block-list-parser.ts';
import { reverseName } from '../../src/subsystems/dns/live.ts';
import { planDns, type ResolverPlan } from '../../src/subsystems/dns/plan.ts';
import {
  hasAncestor,
  leaseRecords,
  renderBlocked,
  renderLearned,
  renderLeases,
  renderResolver,
} from '../../src/subsystems/dns/render.ts';
import { planNtp } from '../../src/subsystems/ntp/plan.ts';
import { renderLearnedSources, renderNtp } from '../../src/subsystems/ntp/render.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-dns-'));
  mkdirSync(join(directory, 'live'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const NETWORK = {
  interfaces: [
    { name: 'lan0', addresses: ['10.10.0.1/24', '2001:db8:10::1/64'] },
    { name: 'wan0', ipv4: 'dhcp' as const },
  ],
  routes: [
    { destination: '10.99.0.0/16', nextHop: '10.10.0.99' },
    { destination: '10.98.0.0/16', nextHop: '203.0.113.100' },
    { destination: '0.0.0.0/0', nextHop: '10.10.0.98' },
  ],
  zones: [{ name: 'lan', interfaces: ['lan0'], hostInbound: ['dns', 'ntp'] }],
};
const FACTS = {
  interfaces: [
    {
      ...{ name: 'wan0', ifindex: 2, kind: 'ethernet', mac: null, up: true, carrier: true, mtu: 1500 },
      addresses: [
        { family: 4 as const, address: '203.0.113.7', prefixLength: 24, scope: 'global' as const },
        { family: 6 as const, address: 'fe80::1', prefixLength: 64, scope: 'link' as const },
        { family: 6 as const, address: '2001:db8::7', prefixLength: 64, scope: 'global' as const },
      ],
    },
  ],
};

function parsed(input: ConfigInput) {
  const result = parseConfig({ ...NETWORK, ...input });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.config;
}
function resolver(dns: ConfigInput['dns']): ResolverPlan {
  const plan = planDns(parsed({ dns: { enabled: true, interfaces: ['lan0'], ...dns } }), FACTS).resolver;
  if (!plan) throw new Error('off');
  return plan;
}

/** Renders, has unbound-checkconf read it, and asks that for the values of an option. */
async function checked(plan: ResolverPlan, live: Record<string, string> = {}, option?: string): Promise<string> {
  const places = { live: join(directory, 'live'), control: join(directory, 'socket'), caBundle: '/dev/null' };
  for (const [name, content] of renderResolver(plan, directory, places)) writeFileSync(join(directory, name), content);
  for (const [name, content] of Object.entries(live)) writeFileSync(join(directory, 'live', `${name}.conf`), content);
  const args = [...(option ? ['-o', option] : []), join(directory, 'unbound.conf')];
  return (await run('/usr/sbin/unbound-checkconf', args)).stdout;
}

const FULL: ConfigInput['dns'] = {
  mode: 'forward',
  forwarders: [{ address: '9.9.9.9', tlsHostName: 'dns.quad9.net' }],
  hosts: [
    { name: 'nas', addresses: ['10.10.0.5', '2001:db8:10::5'] },
    { name: 'printer.example.net', addresses: ['10.10.0.6'] },
  ],
  domains: [
    { name: 'corp.test', servers: ['10.20.0.10'] },
    { name: '20.10.in-addr.arpa', servers: ['10.20.0.10', '2001:db8:20::10'] },
  ],
  allowed: ['good.ads.example'],
  privateDomains: ['vpn.example'],
  blockedAnswer: 'null-address',
  logQueries: true,
};

describe('the resolver', () => {
  it('reads everything that can be configured, and the live files', async () => {
    const plan = resolver(FULL);
    const leases = leaseRecords(plan, [{ name: 'laptop', address: '10.10.0.77' }]);
    const live = {
      leases: renderLeases(leases),
      blocked: renderBlocked(plan, ['ads.example', 'x.good.ads.example'], []),
    };
    expect(await checked(plan, live)).toMatch(/no errors/);
    expect(await checked(plan, live, 'interface')).toBe('127.0.0.1\n::1\n10.10.0.1\n2001:db8:10::1\n');
    expect(live.blocked).toContain('"ads.example." always_null');
    expect(live.blocked).not.toContain('"x.good');
    expect(await checked(plan, live, 'private-domain')).toContain('vpn.example.');
    expect(await checked(resolver({}))).toMatch(/no errors/);
  });

  it('the checker does refuse what is wrong', async () => {
    await expect(checked(resolver({}), { bad: 'server:\n  local-zone: "a." nonsense\n' })).rejects.toThrow(RunError);
  });

  it('an interface with an address by DHCP is listened on where it is; its other family is not', () => {
    expect(resolver({ interfaces: ['wan0'] }).listen).toEqual(['203.0.113.7']);
  });

  it('names of the configuration are not blocked, nor what is exempt; their neighbours are', () => {
    const text = renderBlocked(resolver(FULL), ['printer.example.net', 'other.example.net', 'good.ads.example'], []);
    expect(text).not.toMatch(/printer|"good\.ads\.example\." always_null/);
    expect(text).toContain('"other.example.net." always_null');
  });

  it('servers learned by DHCP are asked only in forward mode and without forwarders; hostile ones never', () => {
    expect(renderLearned(resolver({ mode: 'forward' }), ['192.0.2.1', '"\nserver:'])).toMatch(/addr: 192.0.2.1\n$/);
    expect(renderLearned(resolver({}), ['192.0.2.1'])).toBe('');
    expect(renderLearned(resolver(FULL), ['192.0.2.1'])).toBe('');
  });

  it('a lease can not take a name of the configuration, nor say more than one label', () => {
    const names = ['nas', 'laptop', 'a"\nb', 'www.bank.example', '', '*'];
    const records = leaseRecords(
      resolver(FULL),
      names.map((name) => ({ name, address: '10.10.0.9' })),
    );
    expect([...records.keys()]).toEqual(['laptop.home.arpa', 'www.home.arpa']);
    expect(leaseRecords(resolver({ leaseNames: false }), [{ name: 'x', address: '10.0.0.1' }]).size).toBe(0);
  });

  it('reverse names', () => {
    expect(reverseName('10.1.2.3')).toBe('3.2.1.10.in-addr.arpa');
    expect(reverseName('2001:db8::1')).toBe(`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`);
  });
});

describe('a block list', () => {
  it('is read in its format', () => {
    const hosts =
      '# c\n0.0.0.0 Ads.Example. b.example # x\n127.0.0.1 localhost\n10.0.0.1 elsewhere.example\n::1 c.example\r\n';
    expect(parseBlockList(hosts, 'hosts', 10)).toEqual({
      ...{ blocked: ['ads.example', 'b.example', 'c.example'], exceptions: [], skipped: 2, cut: false },
    });
    expect(parseBlockList('*.a.example\nb.example\nc d\n', 'domains', 10).blocked).toEqual(['a.example', 'b.example']);
    const adblock =
      '[Adblock]\n! c\n||a.example^\n@@||b.example^\n||c.example^$third-party\n/banner/\n||d.example^x\n##.ad\n';
    expect(parseBlockList(adblock, 'adblock', 10)).toEqual({
      ...{ blocked: ['a.example'], exceptions: ['b.example'], skipped: 3, cut: false },
    });
  });

  it('is bounded, blocks no top level, no address', () => {
    const many = Array.from({ length: 50 }, (_, i) => `n${i}.example`).join('\n');
    expect(parseBlockList(many, 'domains', 20)).toMatchObject({ cut: true });
    expect(parseBlockList(many, 'domains', 20).blocked.length).toBe(20);
    expect(parseBlockList(many, 'domains', 50)).toMatchObject({ cut: false });
    expect(parseBlockList('com\n.\n1.2.3.4\n-a.example\na..example\n', 'domains', 9).blocked).toEqual([]);
  });

  const HOSTILE = [
    '"',
    '\n',
    '\r',
    '\\',
    '#',
    ';',
    '{',
    '}',
    ' ',
    '\t',
    '\0',
    ':',
    '.',
    '-',
    '_',
    'ü',
    '\u2028',
    'a',
    '0',
  ];
  const WORDS = [
    'include: "/etc/shadow"',
    'server:',
    'local-zone:',
    '||',
    '^',
    '0.0.0.0 ',
    '" always_transparent',
    'x.example',
  ];
  /** xorshift32: the same text for the same seed. */
  function randomText(seed: number): string {
    let state = seed * 2654435761 + 1;
    const next = (below: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    const pieces = [...HOSTILE, ...WORDS];
    return Array.from({ length: 1 + next(40) }, () => pieces[next(pieces.length)]).join('');
  }

  it('says nothing but names to the resolver, whatever it contains: 3000 of them', async () => {
    const plan = resolver(FULL);
    const all = new Set<string>();
    for (let seed = 1; seed <= 3000; seed++)
      for (const format of ['hosts', 'domains', 'adblock'] as const) {
        const { blocked, exceptions } = parseBlockList(randomText(seed), format, 100);
        for (const line of renderBlocked(plan, blocked, exceptions).trim().split('\n').slice(2))
          expect(line).toMatch(/^ {2}local-zone: "[a-z0-9_.-]+\." always_(null|transparent)$/);
        for (const name of blocked) all.add(name);
      }
    expect(all.size).toBeGreaterThan(10);
    expect(await checked(plan, { blocked: renderBlocked(plan, all, []) })).toMatch(/no errors/);
  });

  it('knows parents', () => {
    const set = new Set(['b.c']);
    expect(['b.c', 'a.b.c', 'x.a.b.c'].every((name) => hasAncestor(set, name))).toBe(true);
    expect(['c', 'ab.c', 'b.c.d', ''].some((name) => hasAncestor(set, name))).toBe(false);
  });
});

describe('the clock', () => {
  const plan = (ntp: ConfigInput['ntp']) => {
    const made = planNtp(parsed({ ntp: { enabled: true, ...ntp } }), FACTS);
    if (!made) throw new Error('off');
    return made;
  };
  const read = async (wanted: ReturnType<typeof plan>, more = '') => {
    const places = { control: directory, state: directory, live: join(directory, 'live'), caBundle: '/dev/null' };
    for (const [name, content] of renderNtp(wanted, directory, places))
      writeFileSync(join(directory, name), content + (name.endsWith('conf') ? more : ''));
    return (await run('/usr/sbin/chronyd', ['-U', '-p', '-f', join(directory, 'chrony.conf')])).stdout;
  };

  it('reads what is configured; the checker does refuse what is wrong', async () => {
    const wanted = plan({
      servers: [
        { name: 'time.example', nts: true },
        { name: 'pool.example', kind: 'pool' },
      ],
      interfaces: ['lan0'],
    });
    expect(wanted.networks).toEqual(['10.10.0.0/24', '2001:db8:10::/64', '10.99.0.0/16']);
    const text = await read(wanted);
    expect(text).toContain('allow 10.99.0.0/16');
    expect(text).toContain('port 123');
    expect(await read(plan({}))).not.toContain('allow');
    await expect(read(wanted, 'nonsense 1\n')).rejects.toThrow(/nvalid/);
  });

  it('asks the default pool only when nothing else is known', () => {
    expect(renderLearnedSources(plan({}), [])).toMatch(/^pool 2\.debian/);
    expect(renderLearnedSources(plan({}), ['192.0.2.1', 'x\nallow'])).toBe('server 192.0.2.1 iburst\n');
    expect(renderLearnedSources(plan({ useLearned: false }), ['192.0.2.1'])).toMatch(/^pool/);
    expect(renderLearnedSources(plan({ servers: [{ name: '192.0.2.9' }] }), [])).toBe('');
  });
});
