/** The internet provider's side of the lab: a DHCP server that gives the box one address. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { HOSTS } from './names.ts';
import type { ProcessId } from './process.ts';
import { waitUntil } from './wait.ts';

/** dnsmasq on the host of the internet side. Resolves when it listens. */
export async function provide(lab: Lab, address: string, ...more: string[]): Promise<ProcessId> {
  const { id } = lab.start('wan', 'dhcp', [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', '--interface=eth0'],
    ...['--bind-interfaces', '--user=root', '--log-facility=-', '--log-dhcp', '--dhcp-authoritative'],
    ...[`--dhcp-leasefile=${join(lab.directory, `leases-${address}`)}`, `--dhcp-range=${address},${address},2m`],
    ...[`--dhcp-option=3,${HOSTS.wan.ip4}`, '--dhcp-option=6,9.9.9.9', '--dhcp-option=15,isp.test', ...more],
  ]);
  await waitUntil('the DHCP server', () => readFileSync(join(lab.directory, 'dhcp.log'), 'utf8').includes(address));
  return id;
}
