/** The appliance of a lab: the real daemon, command line and page, inside its namespace. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { type Client, connect } from '../../apps/daemon/src/cli/client.ts';
import type { Lab } from './lab.ts';
import { type Done, endAll, isAlive, type ProcessId } from './process.ts';
import { waitUntil } from './wait.ts';

const repository = join(import.meta.dirname, '..', '..');
const daemonFile = (name: string) => join(repository, 'apps/daemon/src', name);

/** Set when a test run shall use another flow-cache or session table size. */
export type DaemonSizes = { sessions?: number; flowCache?: number; caBundle?: string };

export class Appliance {
  readonly lab: Lab;
  readonly stateDir: string;
  readonly socket: string;
  private daemon: ProcessId | null = null;
  private page: ProcessId | null = null;
  private connection: Client | undefined;

  constructor(lab: Lab) {
    this.lab = lab;
    this.stateDir = join(lab.directory, 'state');
    this.socket = join(lab.directory, 'gatehouse.sock');
  }

  /** Typed calls over the socket, as the local administrator. */
  get client(): Client {
    this.connection ??= connect(this.socket);
    return this.connection;
  }

  /** Starts gatehoused and waits until it answers. `config` is used when nothing was ever committed. */
  async startDaemon(config?: Config, sizes: DaemonSizes = {}): Promise<void> {
    mkdirSync(this.stateDir, { recursive: true, mode: 0o700 });
    const args = ['--state-dir', this.stateDir, '--socket', this.socket, '--bpffs', this.lab.bpffs];
    if (config) {
      const file = join(this.lab.directory, 'initial.json');
      writeFileSync(file, JSON.stringify(config));
      args.push('--config', file);
    }
    if (sizes.sessions) args.push('--sessions', String(sizes.sessions));
    if (sizes.flowCache) args.push('--flow-cache', String(sizes.flowCache));
    if (sizes.caBundle) args.push('--ca-bundle', sizes.caBundle);
    const child = this.lab.start('appliance', 'gatehoused', [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      daemonFile('main.ts'),
      ...args,
    ]);
    this.daemon = child.id;
    this.connection = undefined;
    await waitUntil(
      'gatehoused',
      async () => {
        if (!isAlive(child.id)) return 'ended' as const;
        await this.client.system.status.query();
        return 'up' as const;
      },
      { timeoutMs: 30_000 },
    ).then((state) => {
      if (state === 'ended') throw new Error(`gatehoused ended at once:\n${this.log().slice(-2000)}`);
    });
  }

  /** All that the daemon wrote. */
  log(): string {
    return readFileSync(join(this.lab.directory, 'gatehoused.log'), 'utf8');
  }

  /** The token that guards the first run, as the console shows it now. */
  setupToken(): string {
    const screen = readFileSync(join(this.stateDir, 'run/console'), 'utf8');
    const token = /\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(screen)?.[0];
    if (!token) throw new Error(`the console shows no setup token:\n${screen}`);
    return token;
  }

  get daemonPid(): number {
    if (!this.daemon) throw new Error('the daemon was not started');
    return this.daemon.pid;
  }

  /** SIGTERM, as a service manager stops it. */
  async stopDaemon(): Promise<void> {
    if (this.daemon) await endAll([this.daemon], 15_000);
    this.daemon = null;
  }

  /** SIGKILL: the crash. */
  async killDaemon(): Promise<void> {
    const daemon = this.daemon;
    if (!daemon || !isAlive(daemon)) throw new Error('the daemon is not running');
    process.kill(daemon.pid, 'SIGKILL');
    await waitUntil('the end of the daemon', () => !isAlive(daemon));
    this.daemon = null;
  }

  /** The command line, as root on the box. */
  cli(args: readonly string[], options: { input?: string } = {}): Promise<Done> {
    return this.lab.tryExec(
      'appliance',
      [
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        daemonFile('cli.ts'),
        '--socket',
        this.socket,
        ...args,
      ],
      { ...options, timeoutMs: 60_000 },
    );
  }

  /** Commits without a window, or with one when `confirmSeconds` is given. */
  async commit(
    config: Config,
    confirmSeconds?: number,
  ): Promise<{ transaction: string; revision: string; deadline: number | null }> {
    return this.client.config.commit.mutate({
      config,
      base: null,
      ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
    });
  }

  /** Starts the page and waits until it answers inside the namespace. */
  async startWeb(port = 8080): Promise<void> {
    const child = this.lab.start('appliance', 'web', [process.execPath, join(repository, 'apps/web/start.ts')], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        GATEHOUSE_SOCKET: this.socket,
        GATEHOUSE_DB: join(this.stateDir, 'web.db'),
        GATEHOUSE_PAGE_SOCKET: join(this.stateDir, 'page.sock'),
        PORT: String(port),
        HOSTNAME: '::',
      },
    });
    this.page = child.id;
    await waitUntil(
      'the page',
      async () => {
        if (!isAlive(child.id)) return 'ended' as const;
        const answer = await this.lab.tryExec('appliance', [
          'curl',
          '-s',
          '-o',
          '/dev/null',
          `http://127.0.0.1:${port}/`,
        ]);
        return answer.status === 0 ? ('up' as const) : null;
      },
      { timeoutMs: 30_000, everyMs: 200 },
    ).then((state) => {
      if (state === 'ended')
        throw new Error(
          `the page ended at once:\n${readFileSync(join(this.lab.directory, 'web.log'), 'utf8').slice(-2000)}`,
        );
    });
  }

  async stopWeb(): Promise<void> {
    if (this.page) await endAll([this.page]);
    this.page = null;
  }
}
