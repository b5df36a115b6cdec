/** Addresses that an interface gets from the network beside it: DHCPv4 (RFC 2131), SLAAC (RFC 4862), DHCPv6 with prefix delegation (RFC 8415). */
import { z } from 'zod';
import { deviceName } from '../fields.ts';
import { field } from './parts.ts';

export const dhcpClientFields = {
  ipv4: field(z.enum(['static', 'dhcp']).default('static'), 'IPv4', 'Where IPv4 addresses come from.'),
  ipv6: field(
    z.enum(['static', 'slaac', 'dhcpv6']).default('static'),
    'IPv6',
    'Where IPv6 addresses come from: router advertisements (SLAAC), or a DHCPv6 server.',
  ),
  requestPrefix: field(
    z.int().min(32).max(64).optional(),
    'Prefix to ask for',
    'Length of the prefix that DHCPv6 shall delegate for networks behind this box.',
  ),
  delegatedFrom: field(
    deviceName.optional(),
    'Prefix from',
    'The interface whose delegated prefix gives this network its /64.',
  ),
  delegatedSubnet: field(
    z.int().min(0).max(65535).optional(),
    'Number of the /64',
    'Which /64 of the delegated prefix; 0 when left away.',
  ),
};
