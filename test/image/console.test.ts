/** The console of the booted image, on its serial line and on its screen: here the serial text is what is tested. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import decodeQR from 'qr/decode.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { productVersion } from '../../tools/inputs.ts';
import { Conversation } from '../lab/conversation.ts';
import { waitUntil } from '../lab/wait.ts';
import { Box, PASSWORD } from './box.ts';

const OTHER = 'staple of the horse';
const SLOW = 60_000;
const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
let box: Box;
let person: Conversation;
/** A picture of the screen, for people. */
const keepPicture = async (name: string) => {
  mkdirSync('artifacts', { recursive: true });
  const screen = await box.machine.screen();
  copyFileSync(screen.png, `artifacts/console-${name}.png`);
  return screen;
};
const choose = async (number: string, title: RegExp) => {
  await person.sees(/Number: /, SLOW);
  person.say(number);
  await person.sees(title, SLOW);
};

beforeAll(async () => {
  box = await Box.make({ name: 'gh-test-console', raw: `gatehouse_${productVersion}.raw`, display: true }, files);
  await box.page();
});
afterAll(async () => {
  await box?.machine.remove();
  rmSync(files, { recursive: true, force: true });
});

it('shows where the page is, and the token that sets the box up; the journal does not', async () => {
  const [text] = await waitUntil(
    'the screen',
    () => /https:\/\/192\.168\.1\.1\/[\s\S]*Press Enter for the menu\./.exec(box.machine.serial()),
    { timeoutMs: SLOW },
  );
  expect(box.machine.serial()).not.toMatch(/login:/);
  const [token = '-'] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text) ?? [];
  // the screen may be drawn a moment after the serial line
  const scanned = await waitUntil('a QR code', async () => decodeQR(await keepPicture('setup')), { timeoutMs: SLOW });
  expect(scanned).toBe(`https://192.168.1.1/setup#${token}`);
  await box.setUp();
  await box.openShell();
  expect(await box.shell(`journalctl --no-pager | grep -c -- ${token} || true`)).toBe('0');
  expect(await box.shell('stat -c "%a %U" /run/gatehouse/console')).toBe('600 root');
  await waitUntil('a screen without token', () => !box.machine.serial().split('\x1b[H').at(-1)?.includes(token), {
    timeoutMs: SLOW,
  });
});

it('costs little while nobody uses it', async () => {
  expect(await box.shell("systemctl is-active 'gatehouse-console@tty1' 'gatehouse-console@ttyS0'")).toBe(
    'active\nactive',
  );
  const rss = await box.shell('ps -C console.sh -o rss=');
  console.log(`KiB of each waiting console: ${rss.split(/\s+/).join(', ')}`);
  for (const kib of rss.trim().split(/\s+/)) expect(Number(kib)).toBeLessThan(6000);
  expect(
    await box.shell("systemctl --no-legend list-units '*getty@*' 'autovt@*' | grep -v gatehouse-console || true"),
  ).toBe('');
});

it('the menu opens by Enter on the serial line, resets a password, and stays whole under keys that make signals', async () => {
  const line = box.machine.serialLine();
  person = new Conversation(line, line);
  person.press('\x03\x1a\x1cx'); // Ctrl-C, Ctrl-Z, Ctrl-\
  await person.sees(/Press Enter for the menu\./, SLOW);
  person.press('\r');
  await choose('4', /Whose password.*: /);
  person.say('1');
  for (const question of [/New password.*: /, /Once more.*: /]) {
    await person.sees(question, SLOW);
    person.say(OTHER);
  }
  await person.sees(/The password of admin is set/, SLOW);
  await expect(box.call('config.running')).rejects.toThrow();
  await expect(box.logIn()).rejects.toThrow('wrong');
  await box.call('auth.login', { username: 'admin', password: OTHER });
  const { config } = await box.running();
  expect(config.users.map((user) => user.name)).toEqual(['admin']);
  expect(person.shown).not.toContain(PASSWORD);
  await person.sees(/Number: /, SLOW);
  person.say('0');
  await person.sees(/Press Enter for the menu\./, SLOW);
});

it('opens the page on another port, and tells what stands in the slots', async () => {
  const page = async () => (await box.on('dmz', ['curl', '-ksf', '-o', '/dev/null', 'https://10.20.0.1/login'])).status;
  expect(await page()).not.toBe(0);
  person.press('\r');
  await choose('1', / {2}enp0s5 +link/);
  const [, number = ''] = await person.sees(/ (\d) {2}enp0s6/, SLOW);
  for (const [question, answer] of [
    [/Port, 1 to.*: /, number],
    [/page is on enp0s5 now.*: /, '2'],
    [/prefix length.*: /, '10.20.0.1/24'],
    [/Zone of the port.*: /, ''],
    [/DHCP.*: /, 'n'],
    [/Zone lan: [\s\S]*Apply.*: /, 'y'],
  ] as const) {
    await person.sees(question, SLOW);
    person.say(answer);
  }
  await person.sees(/page is at https:\/\/10\.20\.0\.1\//, SLOW);
  expect(await page()).toBe(0);
  await choose('3', /version [\d.]+, good, runs now.*[\s\S]*: /);
  person.say('');
  await person.sees(/Number: /, SLOW);
  person.say('0');
  await person.sees(/10\.20\.0\.1[\s\S]*Press Enter for the menu\./, SLOW);
});

it('the screen has a menu of its own, by a USB keyboard', async () => {
  expect(await box.shell('cat /proc/bus/input/devices')).toContain('QEMU USB Keyboard');
  await keepPicture('status');
  await box.machine.monitor('sendkey ret');
  await waitUntil('the menu on tty1', async () => (await box.shell('ps -eo args')).includes('console --tty tty1'), {
    timeoutMs: SLOW,
  });
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await keepPicture('menu');
});

it('a shell only where the configuration says so, and the console comes back behind it', async () => {
  person.press('\r');
  await person.sees(/7 {2}Power off\s+0 {2}Leave/, SLOW);
  await box.change((config) => {
    config.management.console.shell = true;
  });
  person.press('\r');
  await choose('8', /y for yes: /);
  person.say('y');
  await person.sees(/[#$] $/, SLOW);
  person.say('echo "user $(id -u)"; exit');
  await person.sees(/user 0/, SLOW);
  await person.sees(/Press Enter for the menu\./, SLOW);
});

it('switches the box off', async () => {
  person.press('\r');
  await choose('7', /y for yes: /);
  person.say('y');
  await box.machine.off(120);
  expect(box.machine.isOn).toBe(false);
});
