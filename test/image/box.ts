/** The booted image, asked as a person in its home network asks it: the page's API over HTTP, a shell where the configuration gives one. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { Machine, type MachineOptions, type Segment } from '../../image/machine.ts';
import { type Done, tryRun } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';

export const ADDRESS = '192.168.1.1';
export const PAGE = `https://${ADDRESS}`;
export const PASSWORD = 'correct horse battery';
/** Slow on purpose of nobody: emulation on two shared cores. */
const BOOT_MS = 240_000;

export class Box {
  readonly machine: Machine;
  private readonly files: string;
  /** The setup token that was used last. */
  private token: string | null = null;

  private constructor(machine: Machine, files: string) {
    this.machine = machine;
    this.files = files;
  }

  /** `files`: a directory for keys and cookies. */
  static async make(options: MachineOptions, files: string): Promise<Box> {
    const box = new Box(await Machine.make(options), files);
    box.machine.powerOn();
    return box;
  }

  private get cookies(): string {
    return join(this.files, 'cookies');
  }

  /** A program on a host beside the box. */
  on(place: Segment, argv: readonly string[], timeoutMs = 30_000): Promise<Done> {
    return tryRun(argv, { netns: this.machine.namespace(place), timeoutMs });
  }

  /** Waits for the page and for the daemon behind it; milliseconds that it took. */
  async page(timeoutMs = BOOT_MS): Promise<number> {
    const begin = Date.now();
    await waitUntil(
      'the page of the box',
      async () => {
        if (!this.machine.isOn) throw new Error(`QEMU ended: ${this.machine.trouble()}`);
        return (
          (
            await this.on('lan', [
              'curl',
              '-ksf',
              '-o',
              '/dev/null',
              '--max-time',
              '3',
              `${PAGE}/api/daemon/system.state`,
            ])
          ).status === 0
        );
      },
      { timeoutMs, everyMs: 500 },
    ).catch((error: Error) => {
      throw new Error(`${error.message}; the console ends with:\n${this.machine.serial().slice(-3000)}`);
    });
    return Date.now() - begin;
  }

  /** Waits until the page has gone: the box goes down. */
  async gone(): Promise<void> {
    await waitUntil(
      'the end of the page',
      async () =>
        (await this.on('lan', ['curl', '-ksf', '-o', '/dev/null', '--max-time', '2', `${PAGE}/login`])).status !== 0,
      { timeoutMs: 90_000, everyMs: 300 },
    );
  }

  /** A procedure of the daemon through the page: a query without, a mutation with `body`. @throws Error with the box's own words */
  async call<T>(procedure: string, body?: unknown): Promise<T> {
    const done = await this.on(
      'lan',
      [
        ...['curl', '-ks', '--max-time', '120', '-b', this.cookies, '-c', this.cookies, '-H', `origin: ${PAGE}`],
        ...(body === undefined ? [] : ['-H', 'content-type: application/json', '-d', JSON.stringify(body)]),
        `${PAGE}/api/daemon/${procedure}`,
      ],
      130_000,
    );
    if (done.status !== 0) throw new Error(`${procedure}: curl ended with ${done.status}`);
    const answer = JSON.parse(done.stdout) as { result?: { data: T }; error?: { message: string } };
    if (answer.error) throw new Error(answer.error.message);
    return answer.result?.data as T;
  }

  /** Uploads an update file through the page; what it answers. */
  async upload(file: string): Promise<{ version?: string; error?: string }> {
    const request = ['-ks', '--max-time', '300', '-b', this.cookies, '-H', `origin: ${PAGE}`, '-T', file];
    return JSON.parse((await this.on('lan', ['curl', ...request, `${PAGE}/api/update`], 310_000)).stdout);
  }

  /** The first administrator, with a token that the console shows and that was not used yet. Resolves with it. */
  async setUp(): Promise<string> {
    rmSync(this.cookies, { force: true });
    const setupToken = await waitUntil(
      'the setup token on the console',
      async () => {
        const token = this.machine
          .serial()
          .match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/g)
          ?.at(-1);
        return token !== undefined && token !== this.token ? token : null;
      },
      { timeoutMs: BOOT_MS },
    );
    this.token = setupToken;
    await this.call('auth.setup', { setupToken, username: 'admin', password: PASSWORD });
    return setupToken;
  }

  async logIn(): Promise<void> {
    rmSync(this.cookies, { force: true });
    await this.call('auth.login', { username: 'admin', password: PASSWORD });
  }

  async running(): Promise<{ revision: string; config: Config }> {
    return this.call('config.running');
  }

  /** Changes what runs. With `confirmSeconds` it undoes itself unless it is kept. */
  async change(
    edit: (config: Config) => void,
    confirmSeconds?: number,
  ): Promise<{ transaction: string; revision: string }> {
    const { revision, config } = await this.running();
    edit(config);
    return this.call('config.commit', {
      config,
      base: revision,
      ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
    });
  }

  /** Opens a shell for the tests: a key of their own, admitted from the home network. */
  async openShell(): Promise<void> {
    const key = join(this.files, 'key');
    await tryRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await this.change((config) => {
      config.management.ssh = { enabled: true, authorizedKeys: [readFileSync(`${key}.pub`, 'utf8').trim()] };
      for (const zone of config.zones) if (zone.name === 'lan') zone.hostInbound.push('ssh');
    });
  }

  private ssh(program: string, ...rest: string[]): string[] {
    return [
      ...[program, '-F', 'none', '-i', join(this.files, 'key'), '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
      ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', ...rest],
    ];
  }

  /** What a command line prints on the box. @throws when it fails */
  async shell(command: string, timeoutMs = 60_000): Promise<string> {
    const done = await this.on('lan', this.ssh('ssh', `root@${ADDRESS}`, command), timeoutMs);
    if (done.status !== 0) throw new Error(`${command}: ${done.status}: ${done.stderr.trim()} ${done.stdout.trim()}`);
    return done.stdout.trim();
  }

  /** Copies a file onto the box. */
  async send(file: string, to: string): Promise<void> {
    const done = await this.on('lan', this.ssh('scp', file, `root@${ADDRESS}:${to}`), 300_000);
    if (done.status !== 0) throw new Error(`scp: ${done.stderr.trim()}`);
  }

  /** The command line of the product, on the box. */
  gatehouse(...words: string[]): Promise<string> {
    return this.shell(['gatehouse', ...words].join(' '), 600_000);
  }
}
