/** The console's menu on a terminal of its own (script(1) makes it), against a running box: what a person can do who stands at it. */
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { Conversation } from '../lab/conversation.ts';
import { inNamespace } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';
import { fetchPage, useAppliance } from './fixture.ts';

const PASSWORD = 'correct horse battery';
const OTHER = 'staple of the horse';
const bench = useAppliance('console', baseConfig());
const screen = () => join(bench.appliance.stateDir, 'run/console');
const running = () => bench.appliance.client.config.running.query();
const newest = async () => (await bench.appliance.client.config.history.query())[0];

/** Runs `work` in front of the menu, and leaves. */
async function atConsole(work: (person: Conversation) => Promise<void>): Promise<string> {
  const { lab, appliance } = bench;
  const cli = join(import.meta.dirname, '../../apps/daemon/src/cli.ts');
  const command = `exec ${process.execPath} --disable-warning=ExperimentalWarning ${cli} --socket ${appliance.socket} console`;
  const [program, args] = inNamespace(lab.namespace('appliance'), ['script', '-qfec', command, '/dev/null']);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    const person = new Conversation(child.stdin, child.stdout);
    await person.sees(/Menu/);
    await work(person);
    await person.sees(/Number: /);
    person.say('0');
    expect(await ended).toBe(0);
    return person.shown;
  } finally {
    child.kill();
  }
}
const choose = async (person: Conversation, entry: RegExp): Promise<void> => {
  await person.sees(/Number: /);
  const number = [...person.shown.matchAll(/^ {2}(\d) {2}(.*?)\r?$/gm)].findLast(([, , title = '']) =>
    entry.test(title),
  );
  person.say(number?.[1] ?? `no entry ${entry}`);
};

it('shows the token to root alone, until there is an administrator', async () => {
  const { appliance } = bench;
  expect(statSync(screen()).mode & 0o777).toBe(0o600);
  const token = appliance.setupToken();
  expect(appliance.log()).not.toContain(token);
  const shown = await atConsole(async () => {});
  expect(shown).toContain(token);
  expect(shown).toContain('10.10.0.1/24');
  await appliance.client.auth.setup.mutate({ setupToken: token, username: 'anna', password: PASSWORD });
  await waitUntil('a screen without token', () => {
    try {
      appliance.setupToken();
      return false;
    } catch {
      return true;
    }
  });
  expect(await atConsole(async () => {})).not.toContain(token);
});

it('a password that was reset ends the login and the old password', async () => {
  const { client } = bench.appliance;
  const login = (password: string) => client.auth.login.mutate({ username: 'anna', password });
  const before = await login(PASSWORD);
  const asAnna = () =>
    bench.lab.exec('appliance', [
      ...['curl', '-s', '--unix-socket', bench.appliance.socket, '-H', `authorization: Bearer ${before.token}`],
      'http://box/trpc/auth.me',
    ]);
  expect(await asAnna()).toContain('anna');
  const shown = await atConsole(async (person) => {
    await choose(person, /password/);
    await person.answer([/Whose password.*: /, '1'], [/New password.*: /, 'short'], [/Once more.*: /, 'short']);
    await person.sees(/did not work: .*10 characters/);
    await choose(person, /password/);
    await person.answer([/Whose password.*: /, '1'], [/New password.*: /, OTHER], [/Once more.*: /, `${OTHER}s`]);
    await person.sees(/not the same/);
    expect((await login(PASSWORD)).token).toBeTruthy();
    await choose(person, /password/);
    await person.answer([/Whose password.*: /, '1'], [/New password.*: /, OTHER], [/Once more.*: /, OTHER]);
    await person.sees(/password of anna is set/);
  });
  expect(shown).not.toContain(OTHER);
  expect(await asAnna()).toContain('UNAUTHORIZED');
  await expect(login(PASSWORD)).rejects.toThrow('wrong');
  expect((await login(OTHER)).token).toBeTruthy();
  expect(await newest()).toMatchObject({ actor: 'root (console)', message: expect.stringContaining('anna') });
});

it('rolls back to the revision that was chosen, after a yes', async () => {
  const { config } = await running();
  await bench.appliance.commit({ ...config, system: { ...config.system, hostName: 'mistake' } });
  await atConsole(async (person) => {
    await choose(person, /Roll back/);
    await person.answer([/Back to which.*: /, '1'], [/Host name lab|mistake → lab[\s\S]*y for yes: /, '']);
    expect((await running()).config.system.hostName).toBe('mistake');
    await choose(person, /Roll back/);
    await person.answer([/Back to which.*: /, '1'], [/y for yes: /, 'y']);
    await person.sees(/runs\./);
  });
  expect((await running()).config.system.hostName).toBe('lab');
  expect((await newest())?.actor).toBe('root (console)');
});

it('a change under Test is decided first, and can be discarded here', async () => {
  const { config } = await running();
  await bench.appliance.commit({ ...config, system: { ...config.system, hostName: 'tried' } }, 600);
  await waitUntil('the screen', () => /^Test .*undone at/m.test(readFileSync(screen(), 'utf8')));
  await atConsole(async (person) => {
    await choose(person, /password/);
    await person.answer([/d to discard.*: /, '']);
    expect((await running()).config.system.hostName).toBe('tried');
    await choose(person, /under Test/);
    await person.answer([/d to discard.*: /, 'd']);
    await person.sees(/Discarded/);
  });
  expect((await running()).config.system.hostName).toBe('lab');
});

it('the page is opened on a port whose zone did not admit it, and stays where it was', async () => {
  await bench.appliance.startWeb();
  const page = (address: string, from: 'lan' | 'dmz') =>
    fetchPage(bench.lab, from, address, { port: 8080, path: '/login' });
  expect((await page('10.20.0.1', 'dmz')).failure).not.toBe('none');
  await atConsole(async (person) => {
    await choose(person, /management/);
    const [, number = ''] = await person.sees(/ (\d+) {2}dmz0/);
    await person.answer(
      [/Port, 1 to.*: /, number],
      [/one more[\s\S]*The page is on.*: /, '2'],
      [/prefix length.*: /, 'nonsense'],
      [/is no address[\s\S]*prefix length.*: /, '10.20.0.1/24'],
      [/DHCP\)\?.*: /, 'n'],
      [/ping → ping, web[\s\S]*Apply.*: /, 'y'],
    );
    await person.sees(/page is at http:\/\/10\.20\.0\.1:8080\//);
  });
  expect((await page('10.20.0.1', 'dmz')).failure).toBe('none');
  expect((await page('10.10.0.1', 'lan')).failure).toBe('none');
});

it('two ports change places with all that hangs on them, and back', async () => {
  const addresses = async (device: string) =>
    (await bench.lab.exec('appliance', ['ip', '-brief', 'address', 'show', 'dev', device])).match(/10\.\d+\.0\.1/g);
  const places = async () => [await addresses('lan0'), await addresses('dmz0')];
  expect(await places()).toEqual([['10.10.0.1'], ['10.20.0.1']]);
  for (const [device, after] of [
    ['dmz0', [['10.20.0.1'], ['10.10.0.1']]],
    ['lan0', [['10.10.0.1'], ['10.20.0.1']]],
  ] as const) {
    await atConsole(async (person) => {
      await choose(person, /management/);
      const [, number = ''] = await person.sees(new RegExp(` (\\d+) {2}${device}`));
      await person.answer(
        [/Port, 1 to.*: /, number],
        [/takes its place[\s\S]*The page is on.*: /, '1'],
        [/prefix length \[10\.10\.0\.1\/24\]: /, ''],
        [/DHCP\)\?.*: /, 'n'],
        [/Apply.*: /, 'y'],
      );
      await person.sees(/page is at http:\/\/10\.10\.0\.1:8080\//);
    });
    expect(await places()).toEqual(after);
  }
});

it('a port that is gone holds nothing up: it is taken out with what hangs on it', async () => {
  const device = (...args: string[]) => bench.lab.exec('appliance', ['ip', 'link', 'set', ...args]);
  await device('dmz0', 'down');
  await device('dmz0', 'name', 'other0');
  const { config } = await running();
  const edit = { ...config, system: { ...config.system, hostName: 'edited' } };
  await expect(bench.appliance.commit(edit)).rejects.toThrow('no device of this box');
  await waitUntil('the screen', () => /^dmz0 +dmz +missing/m.test(readFileSync(screen(), 'utf8')));
  await atConsole(async (person) => {
    await choose(person, /password/);
    await person.sees(/dmz0 is configured, but there is no such device: take it out first/);
    await choose(person, /management/);
    await person.answer(
      [/ {2}other0[\s\S]*Port, 1 to.*: /, ''],
      [/dmz0 is configured, but[\s\S]*prefix length.*: /, ''],
      [/DHCP\)\?.*: /, 'n'],
      [/Interface dmz0 removed[\s\S]*Apply.*: /, 'y'],
    );
    await person.sees(/page is at http:\/\/10\.10\.0\.1:8080\//);
  });
  expect(JSON.stringify((await running()).config)).not.toContain('"dmz0"');
});

it('a factory reset needs the host name', async () => {
  const asked = () => bench.appliance.log().includes('factory reset asked for');
  await atConsole(async (person) => {
    await choose(person, /Factory reset/);
    await person.answer([/Remove what.*: /, '1'], [/host name.*: /, '']);
    await choose(person, /Factory reset/);
    await person.answer([/Remove what.*: /, '1'], [/host name.*: /, 'la']);
    await person.sees(/did not work: .*not the host name/);
    expect(asked()).toBe(false);
    await choose(person, /Factory reset/);
    await person.answer([/Remove what.*: /, '1'], [/host name.*: /, 'lab']);
    await person.sees(/is reset when/);
  });
  expect(asked()).toBe(true);
});

it('what can not be done here is told in words, keys that make signals end nothing, and there is no shell', async () => {
  const shown = await atConsole(async (person) => {
    await choose(person, /Power off/);
    await person.answer([/y for yes: /, 'y']);
    await person.sees(/did not work: this is no appliance/);
    await choose(person, /Reboot/);
    await person.sees(/y for yes: /);
    person.press('\x1a\x1c\x1b[A\x03'); // Ctrl-Z, Ctrl-\, an arrow; Ctrl-C leaves the question
    await person.sees(/Menu/);
    await person.sees(/Number: /);
    person.say('8');
    await person.sees(/no number of the menu/);
  });
  expect(shown).not.toMatch(/Shell/);
  expect((await bench.appliance.cli(['console'])).stderr).toContain('needs a terminal');
  await expect(bench.appliance.client.console.shell.mutate({ terminal: 'ttyS0' })).rejects.toThrow('admits no shell');
});
