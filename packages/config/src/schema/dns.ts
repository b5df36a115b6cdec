/** The resolver of the box: for the hosts of its networks and for the box itself. */
import { z } from 'zod';
import { deviceName, ip, objectName, text } from '../fields.ts';
import { enabled, field, list, names, withId } from './parts.ts';

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * A domain name in lower case without its final dot, or null: letters, digits, hyphens and underscores in labels of at most 63 octets,
 * 253 altogether (RFC 1035 section 2.3.4). Other scripts only as A-labels (RFC 5890). What passes can stand in a configuration file.
 */
export function parseDomain(value: string): string | null {
  const name = value.toLowerCase().replace(/\.$/, '');
  return name.length <= 253 && name.split('.').every((label) => LABEL.test(label)) ? name : null;
}

export const domainName = text(
  (value) =>
    parseDomain(value) ?? {
      message: 'is not a domain name',
      remedy: 'Write for example nas.home.arpa; names of other scripts in their xn-- form.',
    },
);

const webAddress = text((value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  const plain = url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password;
  return plain && value.length <= 1024
    ? url.href
    : {
        message: 'is not a web address',
        remedy: 'Write for example https://example.net/list.txt, without a password.',
      };
});

const forwarder = withId(
  {
    address: field(ip, 'Address'),
    port: field(z.int().min(1).max(65535).optional(), 'Port', '853 with a TLS host name, else 53.'),
    tlsHostName: field(
      domainName.optional(),
      'TLS host name',
      'Queries are encrypted (DNS over TLS, RFC 7858); the server must prove this name.',
    ),
  },
  'address',
);

const host = withId({
  name: field(domainName, 'Name', 'A name without a dot is one of the local domain.'),
  addresses: field(z.array(ip).min(1, { message: 'is empty' }), 'Addresses', 'Also answers what their name is (PTR).'),
});

const domain = withId({
  name: field(domainName, 'Domain', 'With everything below it. Not validated by DNSSEC; may name private addresses.'),
  servers: field(z.array(ip).min(1, { message: 'is empty' }), 'Servers'),
});

const blockList = withId({
  name: field(objectName, 'Name'),
  enabled,
  url: field(webAddress, 'Address of the list', 'Fetched by the box once a day.'),
  format: field(
    z.enum(['hosts', 'domains', 'adblock']).default('hosts'),
    'Format',
    'hosts: "0.0.0.0 name". domains: one name a line. adblock: "||name^" and "@@||name^".',
  ),
});

export const dns = z
  .strictObject({
    enabled: field(z.boolean().default(false), 'On', 'The box resolves names for its networks and itself.'),
    interfaces: names(deviceName, 'Interfaces', 'Where hosts may ask; their zones must admit dns.'),
    mode: field(
      z.enum(['recursive', 'forward']).default('recursive'),
      'Mode',
      'recursive: asks the servers of each domain. forward: asks the forwarders, or those learned by DHCP.',
    ),
    forwarders: list(forwarder, 'Forwarders', { object: 'Forwarder', key: 'address' }),
    localDomain: field(domainName.default('home.arpa'), 'Local domain', 'Never asked outside (RFC 8375: home.arpa).'),
    leaseNames: field(z.boolean().default(true), 'Names of DHCP leases', 'Hosts are known by the name they gave.'),
    hosts: list(host, 'Hosts', { object: 'Host', key: 'name' }),
    domains: list(domain, 'Domains', { object: 'Domain', key: 'name', help: 'Asked at servers of their own.' }),
    blockLists: list(blockList, 'Block lists', { object: 'Block list', key: 'name' }),
    blockedAnswer: field(
      z.enum(['nxdomain', 'null-address']).default('nxdomain'),
      'Answer for blocked names',
      'nxdomain: there is no such name. null-address: 0.0.0.0 and ::.',
    ),
    allowed: names(domainName, 'Never blocked', 'Domains with everything below them.'),
    dnssec: field(z.boolean().default(true), 'DNSSEC', 'Answers whose signature is wrong are refused (RFC 4035).'),
    rebindingProtection: field(
      z.boolean().default(true),
      'Rebinding protection',
      'Private addresses in answers from outside are taken out.',
    ),
    privateDomains: names(domainName, 'Domains with private addresses', 'Exempt from the rebinding protection.'),
    logQueries: field(z.boolean().default(false), 'Log queries', 'Each query with who asked. Mind privacy.'),
  })
  .prefault({})
  .meta({ label: 'DNS' });
