/** The part of the resolver that changes without a commit: names of leases, block lists, servers learned by DHCP. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatIp, parseIp } from '@gatehouse/config';
import { readText } from '../../state/files.ts';
import type { LearnedServers, LeaseNames } from '../learned.ts';
import type { BlockLists } from './block-lists.ts';
import type { ResolverControl } from './control.ts';
import type { ResolverPlan } from './plan.ts';
import { addressRecord, leaseRecords, renderBlocked, renderLearned, renderLeases } from './render.ts';

/** in-addr.arpa or ip6.arpa name of an address (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function reverseName(address: string): string {
  const ip = parseIp(address);
  if (!ip) throw new RangeError(`${address} is no address`);
  if (ip.family === 4) return `${formatIp(ip).split('.').reverse().join('.')}.in-addr.arpa`;
  return `${[...ip.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa`;
}

type Records = ReadonlyMap<string, readonly string[]>;

export class LiveFiles {
  private readonly options: {
    directory: string;
    control: ResolverControl;
    lists: BlockLists;
    leases: LeaseNames;
    learned: LearnedServers;
    log: (text: string) => void;
  };
  private plan: ResolverPlan | null = null;
  private records: Records = new Map();
  /** Changes are told to the resolver one after the other. */
  private queue: Promise<void> = Promise.resolve();
  private readonly stops: (() => void)[];

  constructor(options: LiveFiles['options']) {
    this.options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o755 });
    // Unbound (1.18 and newer) refuses an include that matches nothing
    writeFileSync(join(options.directory, '00-none.conf'), '# nothing\n', { mode: 0o644 });
    this.stops = [
      options.leases.onChange(() => this.later(() => this.leasesChanged())),
      options.learned.onChange(() => this.later(() => this.reloadIfChanged('empty'))),
    ];
  }

  get current(): ResolverPlan | null {
    return this.plan;
  }

  /** Puts the files in place for this plan; the resolver is told by who calls. */
  use(plan: ResolverPlan | null): void {
    this.plan = plan;
    this.options.lists.use(plan?.blockLists ?? []);
    this.write();
  }

  /** After block lists were fetched. */
  listsChanged(): void {
    this.later(() => this.reloadIfChanged('keep'));
  }

  private file(name: string, content: string): boolean {
    const path = join(this.options.directory, `${name}.conf`);
    if (content === '') {
      const was = readText(path) !== null;
      rmSync(path, { force: true });
      return was;
    }
    if (readText(path) === content) return false;
    writeFileSync(path, content, { mode: 0o644 });
    return true;
  }

  /** True when a file is another than before. */
  private write(): boolean {
    const { lists, leases, learned } = this.options;
    const { plan } = this;
    this.records = plan ? leaseRecords(plan, leases.names()) : new Map();
    const { blocked, exceptions } = lists.names();
    const servers = learned.learned().flatMap((item) => item.dns);
    return [
      this.file('leases', plan && this.records.size > 0 ? renderLeases(this.records) : ''),
      this.file('blocked', plan && blocked.size > 0 ? renderBlocked(plan, blocked, exceptions) : ''),
      this.file('learned', plan ? renderLearned(plan, servers) : ''),
    ].includes(true);
  }

  private later(work: () => Promise<void>): void {
    this.queue = this.queue.then(work).catch((error: Error) => this.options.log(`dns: ${error.message}`));
  }

  private async reloadIfChanged(cache: 'keep' | 'empty'): Promise<void> {
    if (this.plan && this.write()) await this.options.control.reload(cache);
  }

  /** Only what is different is told: no reload, the cache stays. */
  private async leasesChanged(): Promise<void> {
    const { plan } = this;
    if (!plan) return;
    const before = this.records;
    const after = leaseRecords(plan, this.options.leases.names());
    const same = (name: string) => before.get(name)?.join() === after.get(name)?.join();
    const gone = [...before].filter(([name]) => !same(name));
    const fresh = [...after].filter(([name]) => !same(name));
    const names = gone.flatMap(([name, addresses]) => [name, ...addresses.map(reverseName)]);
    const added = fresh.flatMap(([name, addresses]) =>
      addresses.flatMap((address) => [addressRecord(name, address), `${reverseName(address)}. IN PTR ${name}.`]),
    );
    await this.options.control.removeNames(names);
    await this.options.control.addRecords(added);
    this.write();
  }

  close(): void {
    for (const stop of this.stops) stop();
  }
}
