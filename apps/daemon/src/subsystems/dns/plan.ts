/** What the configuration asks of the resolver. Pure. */
import type { Config } from '@gatehouse/config';
import { servedAddresses } from '../served.ts';
import type { Facts } from '../subsystem.ts';

export type BlockListSource = { id: string; name: string; url: string; format: 'hosts' | 'domains' | 'adblock' };

export type ResolverPlan = {
  /** The box's addresses that are listened on, beside the loopback ones. */
  listen: string[];
  forward: boolean;
  forwarders: { address: string; port: number; tlsHostName: string | null }[];
  localDomain: string;
  leaseNames: boolean;
  /** Names are complete: those without a dot stand in the local domain. */
  hosts: { name: string; addresses: string[] }[];
  domains: { name: string; servers: string[] }[];
  blockLists: BlockListSource[];
  blockedAnswer: 'nxdomain' | 'null-address';
  allowed: string[];
  dnssec: boolean;
  /** Names that may have private addresses; null: all may. */
  privateDomains: string[] | null;
  logQueries: boolean;
};

export type DnsPlan = {
  /** Null: the box does not resolve. */
  resolver: ResolverPlan | null;
  /** Servers for the box itself while it does not resolve; empty: those learned by DHCP. */
  servers: string[];
  searchDomain: string;
};

export function planDns(config: Config, facts: Facts): DnsPlan {
  const { dns } = config;
  const servers = dns.forwarders.map((item) => item.address);
  const base = { servers, searchDomain: dns.localDomain };
  if (!dns.enabled) return { ...base, resolver: null };
  return {
    ...base,
    resolver: {
      listen: servedAddresses(config, facts, dns.interfaces),
      forward: dns.mode === 'forward',
      forwarders: dns.forwarders.map(({ address, port, tlsHostName }) => ({
        address,
        port: port ?? (tlsHostName === undefined ? 53 : 853),
        tlsHostName: tlsHostName ?? null,
      })),
      localDomain: dns.localDomain,
      leaseNames: dns.leaseNames,
      hosts: dns.hosts.map(({ name, addresses }) => ({
        name: name.includes('.') ? name : `${name}.${dns.localDomain}`,
        addresses,
      })),
      domains: dns.domains.map(({ name, servers: own }) => ({ name, servers: own })),
      blockLists: dns.blockLists.filter((item) => item.enabled),
      blockedAnswer: dns.blockedAnswer,
      allowed: dns.allowed,
      dnssec: dns.dnssec,
      privateDomains: dns.rebindingProtection ? dns.privateDomains : null,
      logQueries: dns.logQueries,
    },
  };
}
