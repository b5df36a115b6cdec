/** Addresses from the network: dhcpcd for DHCPv4, router advertisements, DHCPv6 and prefix delegation. It sets addresses and routes itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { programPath } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import { privately } from '../../process/services/private-directories.ts';
import { RenderedSubsystem } from '../rendered.ts';
import { type Lease, parseLease } from './leases.ts';
import { type DhcpClientPlan, planDhcpClient, renderDhcpClient } from './plan.ts';

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
  readonly #state: string;
  #leases: Lease[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(options: DhcpClientOptions) {
    const { services, runDir, stateDir } = options;
    const directory = join(runDir, 'dhcp-client');
    const config = join(directory, 'dhcpcd.conf');
    const state = join(stateDir, 'dhcp-client');
    const service = {
      name: 'gatehouse-dhcp-client',
      // dhcpcd's directories are fixed when it is built: on a machine with several boxes each has its own
      ...privately({ '/run/dhcpcd': null, '/var/lib/dhcpcd': state }, ['/usr/sbin/dhcpcd', '-B', '-q', '-f', config]),
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
    this.#state = state;
  }

  #interfaces(): DhcpClientPlan {
    const config = this.#options.running();
    return (config && planDhcpClient(config)) ?? [];
  }

  /** Reads anew what the network gave. */
  refresh(): void {
    const read = (file: string) => {
      const path = join(this.#state, file);
      return existsSync(path) ? readFileSync(path) : null;
    };
    const leases = this.#interfaces().map(({ name }) =>
      parseLease(name, read(`${name}.lease`), read(`${name}.lease6`)),
    );
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

  /** Asks the servers again, on all interfaces. @throws Error when there is no client on it */
  async renew(name: string): Promise<void> {
    if (!this.#interfaces().some((item) => item.name === name))
      throw new Error(`${name} gets no address from the network`);
    if (!(await this.#options.services.signal(this.#service, 'SIGHUP')))
      throw new Error('the DHCP client does not run');
  }
}
