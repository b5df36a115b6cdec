/** The lab itself: its hosts serve, labs stand side by side, and nothing of a lab outlives it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { Lab } from './lab.ts';
import { labDirectory, removeLab, removeLeftovers } from './leftovers.ts';
import { DOMAIN, HOSTS, INTERNET } from './names.ts';
import { isAlive, run, tryRun } from './process.ts';
import { openRelay } from './relay.ts';
import { waitUntil } from './wait.ts';

const names = ['gh-test-lab-a', 'gh-test-lab-b', 'gh-test-lab-c'];
afterAll(async () => {
  for (const name of names) await removeLab(name);
});

const namespaces = async () => (await run(['ip', 'netns', 'list'])).split('\n').map((line) => line.split(' ')[0]);

it('two labs stand side by side; each host serves; the end of one leaves the other alone', async () => {
  const a = await Lab.up({ name: names[0] as string });
  const b = await Lab.up({ name: names[1] as string });
  expect(await b.exec('wan', ['curl', '-s', `http://${HOSTS.wan.ip4}/`])).toMatch(/^host wan client /);
  expect(await b.exec('wan', ['dig', '+short', `@${HOSTS.wan.ip4}`, `www.${DOMAIN}`])).toBe(`${INTERNET.ip4}\n`);
  await a.down();
  expect(existsSync(labDirectory(a.name))).toBe(false);
  expect(await namespaces()).not.toContain(a.namespace('lan'));
  expect(await b.exec('dmz', ['curl', '-s', `http://${HOSTS.dmz.ip4}/`])).toMatch(/^host dmz client /);
  // a lab without a firewall connects nobody
  expect((await b.tryExec('lan', ['curl', '-s', '-m1', `http://${HOSTS.dmz.ip4}/`])).status).not.toBe(0);
  await b.down();
});

it('a relay brings a connection from the machine into a namespace', async () => {
  const lab = await Lab.up({ name: names[0] as string });
  const relay = await openRelay(lab, 'wan', { host: HOSTS.wan.ip4, port: 80 }, [0]);
  expect(await run(['curl', '-s', `http://127.0.0.1:${relay.port}/`])).toMatch(/^host wan client /);
  await relay.close();
  expect((await tryRun(['curl', '-s', '-m1', `http://127.0.0.1:${relay.port}/`])).status).not.toBe(0);
  await lab.down();
});

it('what a killed process left is removed at the next start, and only that', async () => {
  const script = `
    import { Lab } from '${import.meta.dirname}/lab.ts';
    const lab = await Lab.up({ name: '${names[2]}' });
    console.log('up');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => owner.stdout.once('data', resolve));
  expect(await removeLeftovers()).not.toContain(names[2]);
  await expect(Lab.up({ name: names[2] as string })).rejects.toThrow(/in use by process/);
  const record = readFileSync(`${labDirectory(names[2] as string)}/processes`, 'utf8')
    .trim()
    .split('\n');
  const servers = record.map((line) => ({ pid: Number(line.split(' ')[0]), start: line.split(' ')[1] as string }));
  expect(servers.length).toBeGreaterThan(8);
  owner.kill('SIGKILL');
  await waitUntil('the end of the owner', () => owner.signalCode !== null);
  expect(servers.every(isAlive)).toBe(true);
  expect(await removeLeftovers()).toContain(names[2]);
  expect(servers.some(isAlive)).toBe(false);
  expect(await namespaces()).not.toContain(`${names[2]}-wan`);
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(names[2]);
});

it('a name that could be something else is refused', async () => {
  await expect(Lab.up({ name: '../etc' })).rejects.toThrow(/no name for a lab/);
});
