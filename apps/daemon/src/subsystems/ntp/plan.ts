/** What the configuration asks of the clock. Pure. */
import type { Config } from '@gatehouse/config';
import { servedNetworks } from '../served.ts';
import type { Facts } from '../subsystem.ts';

export type NtpSource = { name: string; kind: 'server' | 'pool'; nts: boolean };

export type NtpPlan = {
  sources: NtpSource[];
  useLearned: boolean;
  /** Networks that get the time. */
  networks: string[];
};

/** The NTP pool's zone for Debian systems, with IPv4 and IPv6 servers. */
export const DEFAULT_SOURCE: NtpSource = { name: '2.debian.pool.ntp.org', kind: 'pool', nts: false };

export function planNtp(config: Config, facts: Facts): NtpPlan | null {
  const { ntp } = config;
  if (!ntp.enabled) return null;
  return {
    sources: ntp.servers.map(({ name, kind, nts }) => ({ name, kind, nts })),
    useLearned: ntp.useLearned,
    networks: servedNetworks(config, facts, ntp.interfaces),
  };
}
