/** A running Unbound is told about names of leases and learned servers without a restart. */

import { Resolver } from 'node:dns/promises';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@gatehouse/config';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DirectServices } from '../../src/process/services/direct.ts';
import { BlockLists } from '../../src/subsystems/dns/block-lists.ts';
import { ResolverControl } from '../../src/subsystems/dns/control.ts';
import { LiveFiles } from '../../src/subsystems/dns/live.ts';
import { planDns, type ResolverPlan } from '../../src/subsystems/dns/plan.ts';
import { renderResolver } from '../../src/subsystems/dns/render.ts';
import type { Learned, LeaseName } from '../../src/subsystems/learned.ts';

const PORT = 20_000 + (process.pid % 10_000);
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-live-'));
const services = new DirectServices(join(directory, 'services'), () => {});
const service = {
  name: 'unbound',
  program: '/usr/sbin/unbound',
  args: ['-d', '-p', '-c', join(directory, 'unbound.conf')],
};
const control = new ResolverControl(directory);
const troubles: string[] = [];

/** What DHCP would tell. */
let leases: LeaseName[] = [];
let learned: Learned[] = [];
const told: { leases: () => void; learned: () => void } = { leases: () => {}, learned: () => {} };
const listen = (what: keyof typeof told, changed: () => void) => {
  told[what] = changed;
  return () => {};
};
const lists = new BlockLists({
  directory: join(directory, 'lists'),
  caBundle: '/dev/null',
  changed: () => {},
  log: () => {},
});
const live = new LiveFiles({
  directory: join(directory, 'live'),
  control,
  lists,
  leases: { names: () => leases, onChange: (changed) => listen('leases', changed) },
  learned: { learned: () => learned, onChange: (changed) => listen('learned', changed) },
  log: (text) => troubles.push(text),
});

function plan(): ResolverPlan {
  const dns = { enabled: true, mode: 'forward' as const, hosts: [{ name: 'nas', addresses: ['10.0.0.5'] }] };
  const result = parseConfig({ dns });
  const made = result.ok ? planDns(result.config, { interfaces: [] }).resolver : null;
  if (!made) throw new Error('off');
  return made;
}

const resolver = new Resolver({ timeout: 2000, tries: 1 });
const ask = (name: string) => resolver.resolve4(name).catch((error: NodeJS.ErrnoException) => error.code);
const askName = (address: string) => resolver.reverse(address).catch((error: NodeJS.ErrnoException) => error.code);

beforeAll(async () => {
  const places = { live: join(directory, 'live'), control: join(directory, 'socket'), caBundle: '/dev/null' };
  for (const [name, content] of renderResolver(plan(), directory, places))
    writeFileSync(join(directory, name), content.replace('server:\n', `server:\n  port: ${PORT}\n`));
  live.use(plan());
  resolver.setServers([`127.0.0.1:${PORT}`]);
  await services.start(service);
  await control.ready();
});
afterAll(async () => {
  await services.stop(service);
  services.close();
  live.close();
  lists.close();
  rmSync(directory, { recursive: true });
});

it('names of leases come and go, the process and the cache stay', async () => {
  const pid = await services.pid(service);
  expect(await ask('laptop.home.arpa')).toBe('ENOTFOUND');
  leases = [
    { name: 'laptop', address: '10.0.0.77' },
    { name: 'nas', address: '10.0.0.66' },
    { name: 'thief', address: '10.0.0.5' },
  ];
  told.leases();
  await expect.poll(() => ask('laptop.home.arpa')).toEqual(['10.0.0.77']);
  expect(await askName('10.0.0.77')).toEqual(['laptop.home.arpa']);
  expect(await ask('nas.home.arpa')).toEqual(['10.0.0.5']);
  expect(await askName('10.0.0.5')).toEqual(['nas.home.arpa']);
  expect(readFileSync(join(directory, 'live/leases.conf'), 'utf8')).toContain('10.0.0.77');
  leases = [{ name: 'laptop', address: '10.0.0.78' }];
  told.leases();
  await expect.poll(() => ask('laptop.home.arpa')).toEqual(['10.0.0.78']);
  expect(await askName('10.0.0.77')).toBe('ENOTFOUND');
  // what was told stands in the file too: a reload changes nothing
  await control.reload('keep');
  await expect.poll(() => ask('laptop.home.arpa')).toEqual(['10.0.0.78']);
  leases = [];
  told.leases();
  await expect.poll(() => ask('laptop.home.arpa')).toBe('ENOTFOUND');
  expect(await services.pid(service)).toBe(pid);
});

it('servers learned by DHCP are asked, and no longer when they are gone', async () => {
  expect(await control.forwards()).toEqual([]);
  learned = [{ interface: 'wan0', dns: ['192.0.2.53', 'no address'], ntp: [], domain: null }];
  told.learned();
  await expect.poll(() => control.forwards()).toEqual([{ zone: '.', servers: ['192.0.2.53'] }]);
  learned = [];
  told.learned();
  await expect.poll(() => control.forwards()).toEqual([]);
  expect(troubles).toEqual([]);
});
