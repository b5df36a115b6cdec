/** The configuration of a box at its first boot: the home network gets addresses and can reach the page and the internet, the internet nothing. */
import { type Config, configSchema } from '@gatehouse/config';
import { programPath, run } from './process/run.ts';
import type { InterfaceFact } from './subsystems/subsystem.ts';

/** Where the page is before somebody decides otherwise. */
export const FIRST_ADDRESS = '192.168.1.1';
/** Leaves room on both sides for devices with fixed addresses. */
const FIRST_RANGE = '192.168.1.100-192.168.1.199';

/** What most providers give: an address each, and a prefix with room for several networks. */
const FROM_PROVIDER = { ipv4: 'dhcp', ipv6: 'dhcpv6', requestPrefix: 56 } as const;

/** udevadm(8): until the devices that are there at power on have their names. Later boots need not wait: a device that comes late is taken in. */
export async function devicesFound(): Promise<void> {
  await run(programPath('udevadm'), ['settle', '--timeout=60'], { timeoutMs: 70_000 });
}

/**
 * By device name (which follows the slot or port): the first Ethernet port is the internet, the second the home network; further ones wait to be
 * configured. A box with one port has no internet side yet.
 */
export function firstConfiguration(interfaces: readonly InterfaceFact[]): Config {
  const ports = interfaces
    .filter((item) => item.kind === 'ethernet' && item.mac !== null)
    .map((item) => item.name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const wan = ports.length > 1 ? ports[0] : undefined;
  const lan = ports.length > 1 ? ports[1] : ports[0];
  return configSchema.parse({
    management: { web: { port: 80, tls: { enabled: true } } },
    interfaces: [
      ...(wan ? [{ name: wan, description: 'Internet', ...FROM_PROVIDER }] : []),
      ...(lan
        ? [
            {
              ...{ name: lan, description: 'Home network', addresses: [`${FIRST_ADDRESS}/24`] },
              ...(wan ? { delegatedFrom: wan } : {}),
            },
          ]
        : []),
    ],
    zones: [
      { name: 'wan', interfaces: wan ? [wan] : [] },
      { name: 'lan', interfaces: lan ? [lan] : [], hostInbound: ['ping', 'web', 'dhcp', 'dns', 'ntp'] },
    ],
    dns: { enabled: true, interfaces: lan ? [lan] : [] },
    ntp: { enabled: true, interfaces: lan ? [lan] : [] },
    routerAdvertisements: lan && wan ? [{ interface: lan }] : [],
    dhcpServer: { ipv4: lan ? [{ name: 'lan', interface: lan, ranges: [FIRST_RANGE] }] : [] },
    policies: [{ name: 'lan-to-internet', from: ['lan'], to: ['wan'], action: 'permit' }],
    nat: { source: [{ name: 'internet', from: ['lan'], to: ['wan'], translation: { type: 'interface' } }] },
  });
}
