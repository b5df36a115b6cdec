/** Where the page is: the one place that knows its URL. */
import { admitsPage, type Config } from '@gatehouse/config';
import type { InterfaceFact } from '../subsystems/subsystem.ts';

export function pageUrl(config: Config, address: string, path = '/'): string {
  const { port: plain, tls } = config.management.web;
  const [scheme, port, usual] = tls.enabled ? (['https', tls.port, 443] as const) : (['http', plain, 80] as const);
  const host = address.includes(':') ? `[${address}]` : address;
  return `${scheme}://${host}${port === usual ? '' : `:${port}`}${path}`;
}

/** Addresses of the box at which the page can be reached now, IPv4 first. */
export function pageAddresses(config: Config, facts: readonly InterfaceFact[]): string[] {
  return facts
    .filter((fact) => fact.up && config.interfaces.some((item) => item.name === fact.name && item.enabled))
    .filter((fact) => admitsPage(config, fact.name))
    .flatMap((fact) => fact.addresses.filter((item) => item.scope === 'global'))
    .sort((a, b) => a.family - b.family)
    .map((item) => item.address);
}
