/** Leases of both servers, and the host names that follow from them and from reservations. */
import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { basename } from 'node:path';
import { type Config, parseIp } from '@gatehouse/config';
import type { Lease } from '../../api/dhcp-schemas.ts';
import { keaCommand } from './control.ts';
import { planDhcp4, planDhcp6 } from './plan.ts';
import { controlSocket, leaseFile } from './render.ts';
import type { KeaServer } from './server.ts';

/** Kea's number for a lease's state. */
const STATES = ['active', 'declined', 'expired'] as const;
/** Appended lines that come together are read together. */
const SETTLE_MS = 200;

type KeaLease = {
  'ip-address': string;
  'hw-address'?: string;
  'client-id'?: string;
  duid?: string;
  hostname?: string;
  'subnet-id': number;
  state: number;
  /** Seconds since 1970: when the client was last heard. */
  cltt: number;
  'valid-lft': number;
};

/** A name that an address is known by, for the box's DNS. `name` has no final dot; it may have dots. */
export type HostName = { name: string; address: string };

/** What the DNS subsystem takes from here. */
export type HostNames = {
  list(): Promise<HostName[]>;
  /** Calls back when the list may have changed; returns the way to stop. */
  watch(onChange: () => void): () => void;
};

const reservationOf = (config: Config, address: string): string | null =>
  config.dhcpServer.reservations.find((item) => item.enabled && item.address === address)?.name ?? null;

export class DhcpLeases implements HostNames {
  private readonly servers: readonly KeaServer[];
  private readonly running: () => Config | null;
  private readonly listeners = new Set<() => void>();
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(servers: readonly KeaServer[], running: () => Config | null) {
    this.servers = servers;
    this.running = running;
  }

  /** Of the servers that run, in the order of their addresses. */
  async leases(): Promise<Lease[]> {
    const config = this.running();
    if (!config) return [];
    const lists = await Promise.all(this.servers.map((server) => this.leasesOf(server, config)));
    return lists.flat();
  }

  private async leasesOf(server: KeaServer, config: Config): Promise<Lease[]> {
    const { family } = server;
    if (!(await server.isRunning())) return [];
    const answer = await keaCommand(controlSocket(server.places), `lease${family}-get-all`);
    const subnets = (family === 4 ? planDhcp4(config) : planDhcp6(config, { interfaces: [] }))?.subnets ?? [];
    const byId = new Map(subnets.map((item) => [item.id, item]));
    const leases = (answer.leases ?? []) as KeaLease[];
    return leases
      .map((item) => {
        const subnet = byId.get(item['subnet-id']);
        return {
          family,
          address: item['ip-address'],
          mac: item['hw-address'] ?? null,
          clientId: item['client-id'] ?? null,
          duid: item.duid ?? null,
          hostName: item.hostname?.replace(/\.$/, '') || null,
          state: STATES[item.state] ?? ('expired' as const),
          expiresAt: (item.cltt + item['valid-lft']) * 1000,
          scope: subnet?.scope ?? null,
          interface: subnet?.interface ?? null,
          reservation: reservationOf(config, item['ip-address']),
        };
      })
      .sort((a, b) => Number((parseIp(a.address)?.value ?? 0n) - (parseIp(b.address)?.value ?? 0n)));
  }

  /** Ends a lease: the address is free at once, the client hears of it when it renews. False when there is none. */
  async release(address: string): Promise<boolean> {
    const family = parseIp(address)?.family;
    const server = this.servers.find((item) => item.family === family);
    if (!server || !(await server.isRunning())) return false;
    const socket = controlSocket(server.places);
    const lease = await keaCommand(socket, `lease${family}-get`, { 'ip-address': address });
    if (lease['ip-address'] === undefined) return false;
    await keaCommand(socket, `lease${family}-del`, { 'ip-address': address });
    return true;
  }

  /** Reservations first: their names are the administrator's; then what clients call themselves, one address a name and family. */
  async list(): Promise<HostName[]> {
    const reservations = this.running()?.dhcpServer.reservations.filter((item) => item.enabled) ?? [];
    const names = reservations.map((item) => ({ name: item.hostName ?? item.name, address: item.address }));
    const key = ({ name, address }: HostName) => `${name.toLowerCase()} ${address.includes(':') ? 6 : 4}`;
    const known = new Set(names.map(key));
    const reserved = new Set(names.map((item) => item.address));
    for (const { state, hostName, address, expiresAt } of await this.leases()) {
      if (state !== 'active' || hostName === null || expiresAt < Date.now() || reserved.has(address)) continue;
      const entry = { name: hostName, address };
      if (known.has(key(entry))) continue;
      known.add(key(entry));
      names.push(entry);
    }
    return names;
  }

  watch(onChange: () => void): () => void {
    this.listeners.add(onChange);
    if (!this.watchers.length) this.open();
    return () => {
      this.listeners.delete(onChange);
      if (!this.listeners.size) this.close();
    };
  }

  /** Something that names hosts changed. */
  readonly changed = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const listener of this.listeners) listener();
    }, SETTLE_MS).unref();
  };

  /** The lease files: Kea appends to them, and now and then replaces them, so the directory is what is watched. */
  private open(): void {
    this.watchers = this.servers.map(({ places }) => {
      mkdirSync(places.data, { recursive: true, mode: 0o750 });
      const file = basename(leaseFile(places));
      return watch(places.data, { persistent: false }, (_, name) => {
        if (name === null || name === file) this.changed();
      });
    });
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
