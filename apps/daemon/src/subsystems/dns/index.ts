/** DNS: Unbound for the networks and the box itself, and the box's resolv.conf. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, issue } from '@gatehouse/config';
import { programPath, RunError, run } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import type { LearnedServers, LeaseNames } from '../learned.ts';
import { type Files, RenderedSubsystem } from '../rendered.ts';
import type { Deviation, Facts, PlanResult, Subsystem, SubsystemStatus, Undo } from '../subsystem.ts';
import { PrepareError } from '../subsystem.ts';
import { BlockLists } from './block-lists.ts';
import { ResolverControl } from './control.ts';
import { LiveFiles } from './live.ts';
import { type DnsPlan, planDns, type ResolverPlan } from './plan.ts';
import { type Places, renderResolver } from './render.ts';

export type DnsOptions = {
  services: ServiceManager;
  runDir: string;
  stateDir: string;
  /** Certificates of authorities, PEM: for DNS over TLS and for lists. */
  caBundle: string;
  learned: LearnedServers;
  leases: LeaseNames;
  log: (text: string) => void;
};

type Inner = RenderedSubsystem<ResolverPlan>;
type Prepared = { plan: DnsPlan; inner: Awaited<ReturnType<Inner['prepare']>> };

const linesOf = (files: Files, wanted: (line: string) => boolean): string =>
  (files.get('unbound.conf') ?? '').split('\n').filter(wanted).join('\n');
/** Lines that a running resolver does not take: it opens its sockets once. */
const sockets = (line: string): boolean => /^ {2}(interface|module-config):/.test(line);
/** Lines that do not change what an answer from outside is worth: what is in the cache stays right. */
const beyondCache = (line: string): boolean => !/^ {2}(local-zone:|local-data|log-queries:|# live)/.test(line);

async function checkConf(file: string): Promise<void> {
  try {
    await run(programPath('unbound-checkconf'), [file], { timeoutMs: 30_000 });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const text = `the resolver refuses it: ${error.result.stderr.trim()}`;
    throw new PrepareError([issue(['dns'], undefined, text, 'Correct it, or switch DNS off.')]);
  }
}

export class DnsSubsystem implements Subsystem<DnsPlan, Prepared> {
  readonly name = 'dns';
  readonly independent = true;
  readonly control: ResolverControl;
  readonly lists: BlockLists;
  private readonly options: DnsOptions;
  private readonly inner: Inner;
  private readonly live: LiveFiles;
  private wanted: DnsPlan | null = null;
  private readonly stop: () => void;

  constructor(options: DnsOptions) {
    this.options = options;
    const { services, runDir, stateDir, caBundle, log, leases, learned } = options;
    const directory = join(runDir, 'dns');
    const places: Places = { live: join(directory, 'live'), control: join(directory, 'control', 'socket'), caBundle };
    const config = join(directory, 'unbound.conf');
    const service: Service = { name: 'gatehouse-dns', program: '/usr/sbin/unbound', args: ['-d', '-p', '-c', config] };
    this.control = new ResolverControl(directory);
    this.lists = new BlockLists({
      directory: join(stateDir, 'dns', 'lists'),
      caBundle,
      changed: () => this.live.listsChanged(),
      log,
    });
    this.live = new LiveFiles({
      directory: places.live,
      control: this.control,
      lists: this.lists,
      leases,
      learned,
      log,
    });
    this.stop = learned.onChange(() => this.writeResolvConf());
    this.inner = new RenderedSubsystem<ResolverPlan>({
      name: 'dns',
      service,
      services,
      directory,
      plan: () => ({ ok: true, plan: null, warnings: [] }),
      render: (plan, where) => renderResolver(plan, where, places),
      check: (_, where) => {
        // on the appliance the unit makes it, for the resolver's own user
        mkdirSync(join(directory, 'control'), { recursive: true, mode: 0o750 });
        return checkConf(join(where, 'unbound.conf'));
      },
      reload: async (before, after) => {
        const same = (wanted: (line: string) => boolean) => linesOf(before, wanted) === linesOf(after, wanted);
        if (!same(sockets)) return false;
        await this.control.reload(same(beyondCache) ? 'keep' : 'empty');
        return true;
      },
      ready: () => this.control.ready(),
    });
  }

  plan(config: Config, facts: Facts): PlanResult<DnsPlan> {
    return { ok: true, plan: planDns(config, facts), warnings: [] };
  }

  async prepare(plan: DnsPlan): Promise<Prepared> {
    return { plan, inner: await this.inner.prepare(plan.resolver) };
  }

  /** The box's own servers: itself, or those of the configuration, or those that DHCP told (resolv.conf(5): three at most). */
  private writeResolvConf(): void {
    const plan = this.wanted;
    if (!plan) return;
    const learned = this.options.learned.learned();
    const servers = plan.resolver
      ? ['127.0.0.1']
      : plan.servers.length > 0
        ? plan.servers
        : learned.flatMap((item) => item.dns);
    const lines = [...servers.slice(0, 3).map((server) => `nameserver ${server}`), `search ${plan.searchDomain}`];
    writeFileSync(join(this.options.runDir, 'resolv.conf'), `${lines.join('\n')}\n`, { mode: 0o644 });
  }

  private use(plan: DnsPlan | null): void {
    this.wanted = plan;
    this.live.use(plan?.resolver ?? null);
    this.writeResolvConf();
  }

  async apply(prepared: Prepared): Promise<Undo> {
    const before = this.wanted;
    this.use(prepared.plan);
    try {
      const undo = await this.inner.apply(prepared.inner);
      return async () => {
        this.use(before);
        await undo();
      };
    } catch (error) {
      this.use(before);
      if (before?.resolver) await this.control.reload('empty').catch(() => {});
      throw error;
    }
  }

  verify(plan: DnsPlan): Promise<Deviation[]> {
    return this.inner.verify(plan.resolver);
  }

  /** What runs, null while the box does not resolve. */
  get resolver(): ResolverPlan | null {
    return this.live.current;
  }

  async status(): Promise<SubsystemStatus> {
    const status = await this.inner.status();
    const stale = this.lists.states().filter((list) => list.error !== null);
    if (status.state !== 'ok' || stale.length === 0) return status;
    const message = stale.map((list) => `block list ${list.name}: ${list.error}`).join('; ');
    return { ...status, state: 'degraded', message };
  }

  release(): Promise<void> {
    return this.inner.release();
  }

  async settle(): Promise<void> {
    this.lists.forget();
  }

  /** Ends the timers; the resolver goes on. */
  close(): void {
    this.stop();
    this.live.close();
    this.lists.close();
  }
}
