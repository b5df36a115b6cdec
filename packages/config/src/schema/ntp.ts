/** Time: the box keeps its clock by NTP and may give the time to its networks. */
import { z } from 'zod';
import { deviceName, ip, text } from '../fields.ts';
import { domainName } from './dns.ts';
import { field, list, names, withId } from './parts.ts';

const server = text((value) => {
  for (const schema of [ip, domainName]) {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
  }
  return { message: 'is neither a host name nor an address', remedy: 'Write for example time.cloudflare.com.' };
});

const source = withId({
  name: field(server, 'Server', 'Host name or address.'),
  kind: field(z.enum(['server', 'pool']).default('server'), 'Kind', 'pool: the name has several servers.'),
  nts: field(z.boolean().default(false), 'NTS', 'The server proves who it is (Network Time Security, RFC 8915).'),
});

export const ntp = z
  .strictObject({
    enabled: field(z.boolean().default(false), 'On', 'The clock follows time servers.'),
    servers: list(source, 'Time servers', {
      object: 'Time server',
      key: 'name',
      help: 'When there is none and none is learned: 2.debian.pool.ntp.org.',
    }),
    useLearned: field(z.boolean().default(true), 'Servers of DHCP', 'Also asks servers that the provider names.'),
    interfaces: names(deviceName, 'Serve on', 'Networks behind these interfaces get the time; zones must admit ntp.'),
  })
  .prefault({})
  .meta({ label: 'Time' });
