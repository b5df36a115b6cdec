/** Keys as a terminal sends them, through a pipe. */
import { PassThrough } from 'node:stream';
import { beforeEach, expect, it } from 'vitest';
import { Back, Gone, Terminal } from '../../src/console/terminal.ts';

let [keys, screen] = [new PassThrough(), new PassThrough()];
let terminal: Terminal;
const shown = () => String(screen.read() ?? '');

beforeEach(() => {
  [keys, screen] = [new PassThrough(), new PassThrough()];
  terminal = new Terminal(keys, screen, 100);
});

it('edits a line: erase, erase all, arrow keys and Ctrl-Z are no letters', async () => {
  keys.write('xx\x15hal\x7f\x1b[A\x1b[3~\x1b[1;5C\x1aus\x1bOP\r');
  expect(await terminal.ask('Word')).toBe('haus');
});

it('an empty answer is the one in brackets', async () => {
  keys.write('\r\n  \r');
  expect(await terminal.ask('Address', '10.0.0.1/24')).toBe('10.0.0.1/24');
  expect(await terminal.ask('Address', '10.0.0.1/24')).toBe('10.0.0.1/24');
});

it('shows nothing of a secret, which may have spaces and any letters', async () => {
  keys.write(' pass wörd€\r');
  expect(await terminal.secret('Password')).toBe(' pass wörd€');
  expect(shown()).toBe('Password (is not shown): \n');
});

it('only y is a yes', async () => {
  for (const [answer, expected] of [
    ['y', true],
    ['yes', true],
    ['', false],
    ['j', false],
    ['yy', false],
  ] as const) {
    keys.write(`${answer}\r`);
    expect(await terminal.yes('Sure?')).toBe(expected);
  }
});

it('asks again for a number that is none; nothing is no choice', async () => {
  keys.write('0\r3\r-1\r2\r');
  expect(await terminal.choose('Which', ['a', 'b'], (item) => item)).toBe('b');
  keys.write('\r');
  await expect(terminal.choose('Which', ['a', 'b'], (item) => item)).rejects.toThrow(Back);
});

it('Ctrl-C leaves the question; a silent person and a cut line end it', async () => {
  keys.write('half\x03');
  await expect(terminal.ask('Word')).rejects.toThrow(Back);
  await expect(terminal.ask('Word')).rejects.toThrow(Gone);
  keys.end('half');
  await expect(terminal.ask('Word')).rejects.toThrow(Gone);
});

it('prints what may come from others without commands to the terminal', () => {
  terminal.print('name\x1b[2J\x9b1m');
  expect(shown()).toBe('name [2J 1m\n');
});
