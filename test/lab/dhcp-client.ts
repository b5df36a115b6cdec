/** Hosts of the lab as DHCP clients: their fixed addresses taken away, real clients instead. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import type { HostName } from './names.ts';
import { waitUntil } from './wait.ts';

const SCRIPT = join(import.meta.dirname, 'dhcp-script');

/** What the client's script was told: variables of udhcpc ("ip", "router", "dns") or dhclient ("new_ip6_address", ...). */
export type Told = Record<string, string>;

/** The host loses its addresses and routes of a family; the link stays up. */
export async function forgetAddresses(lab: Lab, host: HostName, family: 4 | 6): Promise<void> {
  await lab.exec(host, ['ip', `-${family}`, 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
  await lab.exec(host, ['ip', `-${family}`, 'route', 'flush', 'default']);
}

export async function macOf(lab: Lab, host: HostName): Promise<string> {
  const [link] = JSON.parse(await lab.exec(host, ['ip', '-json', 'link', 'show', 'eth0'])) as { address: string }[];
  return link?.address ?? '';
}

async function told(lab: Lab, host: HostName, argv: (result: string) => string[]): Promise<Told | null> {
  const result = join(lab.directory, `${host}-dhcp`);
  rmSync(result, { force: true });
  await lab.tryExec(host, argv(result), { env: { PATH: process.env.PATH, DHCP_RESULT: result } });
  if (!existsSync(result)) return null;
  const lines = readFileSync(result, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
}

/** One DHCPv4 exchange by udhcpc, which then ends; the address stays. Null: nobody offered anything. */
export async function dhcp4(lab: Lab, host: HostName, more: readonly string[] = []): Promise<Told | null> {
  await forgetAddresses(lab, host, 4);
  const once = ['--foreground', '--quit', '--now', '--retries', '3', '--timeout', '1'];
  return told(lab, host, () => ['udhcpc', '--interface', 'eth0', ...once, '--script', SCRIPT, ...more]);
}

/** One DHCPv6 exchange by a dhclient that knows nothing of an earlier one; its DUID follows from the MAC address. Null: nobody answers. */
export async function dhcp6(
  lab: Lab,
  host: HostName,
  { stateless = false, seconds = 10 }: { stateless?: boolean; seconds?: number } = {},
): Promise<Told | null> {
  const file = (name: string) => join(lab.directory, `${host}-dhclient.${name}`);
  rmSync(file('leases'), { force: true });
  const answer = await told(lab, host, (result) => [
    ...[
      'timeout',
      String(seconds),
      'dhclient',
      '-6',
      stateless ? '-S' : '-1',
      '-D',
      'LL',
      '-cf',
      '/dev/null',
      '-lf',
      file('leases'),
      '-pf',
      file('pid'),
    ],
    ...['-sf', SCRIPT, '-e', `DHCP_RESULT=${result}`, 'eth0'],
  ]);
  // it goes on in the background to renew
  if (existsSync(file('pid'))) await lab.tryExec(host, ['kill', readFileSync(file('pid'), 'utf8').trim()]);
  rmSync(file('pid'), { force: true });
  return answer;
}

/** IPv6 addresses that the host made from advertised prefixes (RFC 4862). */
export async function slaacAddresses(lab: Lab, host: HostName): Promise<string[]> {
  type Link = { addr_info: { local: string; scope: string; dynamic?: boolean; mngtmpaddr?: boolean }[] };
  const [link] = JSON.parse(await lab.exec(host, ['ip', '-6', '-json', 'address', 'show', 'dev', 'eth0'])) as Link[];
  return (link?.addr_info ?? []).filter((item) => item.scope === 'global' && item.dynamic).map((item) => item.local);
}

/** The host listens to advertisements, asks for one, and waits for an address. */
export async function solicit(lab: Lab, host: HostName, timeoutMs: number): Promise<string[]> {
  await lab.exec(host, ['sysctl', '-qw', 'net.ipv6.conf.eth0.accept_ra=1']);
  await forgetAddresses(lab, host, 6);
  for (const state of ['down', 'up']) await lab.exec(host, ['ip', 'link', 'set', 'eth0', state]);
  return waitUntil(
    'an address from an advertised prefix',
    async () => {
      const addresses = await slaacAddresses(lab, host);
      return addresses.length ? addresses : null;
    },
    { timeoutMs },
  );
}
