/** Addresses and networks of interfaces that a service of the box serves. */
import { type Config, formatCidr, formatIp, networkOf, parseCidr, parseIp, prefixContains } from '@gatehouse/config';
import type { Facts } from './subsystem.ts';

/** Addresses with prefix length: those of the configuration; of an interface that has none there, those it has by DHCP. */
function addressesOf(config: Config, facts: Facts, name: string): string[] {
  const stated = config.interfaces.find((item) => item.name === name)?.addresses ?? [];
  if (stated.length > 0) return stated;
  const fact = facts.interfaces.find((item) => item.name === name);
  return (fact?.addresses ?? [])
    .filter((item) => item.scope === 'global')
    .map((item) => `${item.address}/${item.prefixLength}`);
}

/** The box's addresses on these interfaces, without prefix length. */
export function servedAddresses(config: Config, facts: Facts, interfaces: readonly string[]): string[] {
  return interfaces
    .flatMap((name) => addressesOf(config, facts, name))
    .flatMap((text) => parseCidr(text) ?? [])
    .map(formatIp);
}

/** Networks on and behind these interfaces: connected ones, and those of static routes through them but the default routes. */
export function servedNetworks(config: Config, facts: Facts, interfaces: readonly string[]): string[] {
  const connected = interfaces
    .flatMap((name) => addressesOf(config, facts, name))
    .flatMap((text) => parseCidr(text) ?? [])
    .map(networkOf);
  const routed = config.routes.filter((route) => {
    const hop = route.nextHop === undefined ? null : parseIp(route.nextHop);
    const through =
      (route.interface !== undefined && interfaces.includes(route.interface)) ||
      (hop !== null && connected.some((network) => prefixContains(network, hop)));
    return through && route.type === 'unicast' && !route.destination.endsWith('/0');
  });
  return [...new Set([...connected.map(formatCidr), ...routed.map((route) => route.destination)])];
}
