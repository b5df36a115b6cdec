/** Addresses from the network: dhcpcd for DHCPv4, router advertisements, DHCPv6 and prefix delegation. It sets addresses and routes itself. */
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { programPath, run } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import { privately } from '../../process/services/private-directories.ts';
import { RenderedSubsystem } from '../rendered.ts';
import { type Lease, parseLease } from './leases.ts';
import { type DhcpClientPlan, planDhcpClient, renderDhcpClient } from './plan.ts';

const RETRY_MS = 2000;

export type DhcpClientOptions = {
  services: ServiceManager;
  runDir: string;
  stateDir: string;
  /** The configuration that runs. */
  running: () => Config | null;
};

export class DhcpClient extends RenderedSubsystem<DhcpClientPlan> {
  readonly #options: DhcpClientOptions;
  readonly #service: Service;
  readonly #config: string;
  #leases: Lease[] = [];
  readonly #watchers = new Set<() => void>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: DhcpClientOptions) {
    const { services, runDir, stateDir } = options;
    const directory = join(runDir, 'dhcp-client');
    const config = join(directory, 'dhcpcd.conf');
    const service = {
      name: 'gatehouse-dhcp-client',
      // dhcpcd's directories are fixed when it is built: on a machine with several boxes each has its own
      ...privately({ '/run/dhcpcd': null, '/var/lib/dhcpcd': join(stateDir, 'dhcp-client') }, [
        '/usr/sbin/dhcpcd',
        '-B',
        '-q',
        '-f',
        config,
      ]),
    };
    super({
      name: 'dhcp-client',
      service,
      services,
      directory,
      plan: (wanted) => ({ ok: true, plan: planDhcpClient(wanted), warnings: [] }),
      render: (plan) => new Map([['dhcpcd.conf', renderDhcpClient(plan)]]),
      // dhcpcd has no checker: what it reads is made of names and numbers that the schema checked
      check: async () => void programPath('dhcpcd'),
    });
    this.#options = options;
    this.#service = service;
    this.#config = config;
  }

  /** dhcpcd as the running one's companion: beside it in its mount namespace. Null when none runs. It hears one at a time. */
  #ask(...args: string[]): Promise<string | null> {
    const answer = this.#queue.then(async () => {
      const pid = await this.#options.services.pid(this.#service);
      if (pid === null) return null;
      const call = [programPath('dhcpcd'), '-f', this.#config, ...args];
      return (await run(programPath('nsenter'), [`--mount=/proc/${pid}/ns/mnt`, '--', ...call])).stdout;
    });
    this.#queue = answer.catch(() => {});
    return answer;
  }

  #interfaces(): DhcpClientPlan {
    const config = this.#options.running();
    return (config && planDhcpClient(config)) ?? [];
  }

  /** Reads anew what the network gave. */
  async refresh(): Promise<void> {
    const leases: Lease[] = [];
    for (const { name } of this.#interfaces()) {
      try {
        const dump = await this.#ask('-U', name);
        if (dump !== null) leases.push(parseLease(name, dump));
      } catch {
        // it has just started and does not know the interface yet
        setTimeout(() => void this.refresh(), RETRY_MS).unref();
      }
    }
    if (JSON.stringify(leases) === JSON.stringify(this.#leases)) return;
    this.#leases = leases;
    for (const watcher of this.#watchers) watcher();
  }

  /** As of the last refresh. */
  leases(): readonly Lease[] {
    return this.#leases;
  }

  /** Calls back when the network gave something else; returns the way to stop. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  /** Asks the servers of an interface again. @throws Error when there is no client on it */
  async renew(name: string): Promise<void> {
    if (!this.#interfaces().some((item) => item.name === name))
      throw new Error(`${name} gets no address from the network`);
    if ((await this.#ask('-n', name)) === null) throw new Error('the DHCP client does not run');
  }
}
