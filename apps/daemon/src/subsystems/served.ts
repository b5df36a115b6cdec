/** Addresses and networks of interfaces that a service of the box serves. */
import { type Config, formatCidr, formatIp, networkOf, parseCidr, parseIp, prefixContains } from '@gatehouse/config';
import type { Facts } from './subsystem.ts';

/** Addresses with prefix length: those of the configuration, and those that the interface has where the network gives them. */
function addressesOf(config: Config, facts: Facts, name: string): string[] {
  const item = config.interfaces.find((candidate) => candidate.name === name);
  if (!item) return [];
  const given = { 4: item.ipv4 !== 'static', 6: item.ipv6 !== 'static' || item.delegatedFrom !== undefined };
  const found = facts.interfaces
    .filter((fact) => fact.name === name)
    .flatMap((fact) => fact.addresses)
    .filter((address) => address.scope === 'global' && given[address.family])
    .map((address) => `${address.address}/${address.prefixLength}`);
  return [...new Set([...item.addresses, ...found])];
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
