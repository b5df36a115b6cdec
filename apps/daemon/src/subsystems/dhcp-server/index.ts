/** The DHCP server: two of Kea's servers, one for each family, and what they know of their clients. */
import type { Config } from '@gatehouse/config';
import { DhcpLeases } from './leases.ts';
import { type KeaOptions, KeaServer } from './server.ts';

export type { HostName, HostNames } from './leases.ts';

export class DhcpServer {
  /** In the order of their application. */
  readonly subsystems: KeaServer[];
  readonly leases: DhcpLeases;

  constructor(options: Omit<KeaOptions, 'family'> & { running(): Config | null }) {
    this.subsystems = ([4, 6] as const).map((family) => new KeaServer({ ...options, family }));
    this.leases = new DhcpLeases(this.subsystems, options.running);
  }
}
