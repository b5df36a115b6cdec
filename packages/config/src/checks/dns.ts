/** DNS and time: interfaces that exist and whose zones admit the service; forwarders and names that fit together. */
import { type Issue, issue } from '../issue.ts';
import { zoneOfInterface } from '../resolve.ts';
import type { Config } from '../schema.ts';
import { parseIp } from '../values.ts';
import { missing } from './lookup.ts';

function checkInterfaces(config: Config, section: 'dns' | 'ntp'): Issue[] {
  const { interfaces, enabled } = config[section];
  return interfaces.flatMap((name, index) => {
    const path = [section, 'interfaces', index];
    if (!config.interfaces.some((item) => item.name === name)) {
      const known = config.interfaces.map((item) => item.name);
      return [missing(path, name, 'interface', known)];
    }
    if (interfaces.indexOf(name) !== index) return [issue(path, name, 'is listed twice', 'Remove one of them.')];
    const zone = zoneOfInterface(config, name);
    if (!enabled || zone?.hostInbound.some((service) => service === section || service === 'all')) return [];
    const message = zone ? `is in zone ${zone.name}, which does not admit ${section}` : 'is in no zone';
    const remedy = `Nobody can ask there. Add ${section} to the services of the box in ${zone?.name ?? 'its zone'}.`;
    return [issue(path, name, message, remedy, 'warning')];
  });
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

function checkForwarders({ dns }: Config): Issue[] {
  const encrypted = dns.forwarders.some((item) => item.tlsHostName !== undefined);
  const issues = dns.forwarders.flatMap((item, index) => {
    const path = ['dns', 'forwarders', index, 'address'];
    if (isLoopback(item.address))
      return [issue(path, item.address, 'is the box itself', 'Name a server of somebody else.')];
    if (encrypted && item.tlsHostName === undefined) {
      const remedy = 'Give it a TLS host name too, or remove it.';
      const at = ['dns', 'forwarders', index, 'tlsHostName'];
      return [issue(at, undefined, 'is missing while other forwarders are asked by TLS only', remedy)];
    }
    return [];
  });
  if (dns.enabled && dns.mode === 'recursive' && dns.forwarders.length > 0)
    issues.push(
      issue(
        ['dns', 'mode'],
        dns.mode,
        'does not ask the forwarders',
        'Choose forward, or remove the forwarders.',
        'warning',
      ),
    );
  return issues;
}

function checkDomains({ dns }: Config): Issue[] {
  return dns.domains.flatMap((item, index) => {
    if (item.name === dns.localDomain)
      return [
        issue(
          ['dns', 'domains', index, 'name'],
          item.name,
          'is the local domain, which the box answers itself',
          'Choose another local domain, or remove this one.',
        ),
      ];
    return item.servers.flatMap((server, place) =>
      isLoopback(server) || !parseIp(server)
        ? [issue(['dns', 'domains', index, 'servers', place], server, 'is the box itself', 'Name another server.')]
        : [],
    );
  });
}

export function checkDns(config: Config): Issue[] {
  return [
    ...checkInterfaces(config, 'dns'),
    ...checkForwarders(config),
    ...checkDomains(config),
    ...checkInterfaces(config, 'ntp'),
  ];
}
