/** Namespaces, cables and addresses. The appliance's side of the cables is bare: its addresses are the daemon's work. */
import { HOSTS, type Host, INTERNET, type Place, ROUTED } from './names.ts';
import { run } from './process.ts';

const PLACES: readonly Place[] = ['appliance', 'lan', 'dmz', 'wan'];

/** Kernel name of a place of a lab: `gh-lab-appliance`. */
export const namespaceOf = (lab: string, place: Place): string => `${lab}-${place}`;

export const namespacesOf = (lab: string): string[] => PLACES.map((place) => namespaceOf(lab, place));

async function addNamespace(name: string): Promise<void> {
  await run(['ip', 'netns', 'add', name]);
  // addresses are usable at once instead of after a second of duplicate address detection
  await run(['sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0'], { netns: name });
  await run(['ip', '-n', name, 'link', 'set', 'lo', 'up']);
}

async function connect(lab: string, host: Host): Promise<void> {
  const inside = namespaceOf(lab, host.name);
  const appliance = namespaceOf(lab, 'appliance');
  const ip = (...args: string[]) => run(['ip', '-n', inside, ...args]);
  await run(
    ['ip', 'link', 'add', host.device, 'netns', appliance].concat([
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      inside,
    ]),
  );
  // A frame that the appliance's XDP program redirects to this cable is received only by a peer with NAPI (gro on). And a checksum that the
  // sender left to the hardware would travel unfinished through a redirect, which no hardware finishes (tx off).
  await run(['ethtool', '-K', 'eth0', 'gro', 'on', 'tx', 'off'], { netns: inside });
  await ip('link', 'set', 'eth0', 'up');
  for (const address of [`${host.ip4}/24`, `${host.ip6}/64`, ...host.more])
    await ip('address', 'add', address, 'dev', 'eth0');
  await ip('route', 'add', 'default', 'via', host.gateway4);
  await ip('-6', 'route', 'add', 'default', 'via', host.gateway6);
}

/**
 * The WAN host is also the provider's router: it knows our public networks, and of the inner ones only the IPv6 prefixes. An IPv4 packet
 * of the LAN that left untranslated gets no answer.
 */
async function makeProvider(lab: string): Promise<void> {
  const name = namespaceOf(lab, 'wan');
  const ip = (...args: string[]) => run(['ip', '-n', name, ...args]);
  const { gateway4, gateway6 } = HOSTS.wan;
  await ip('route', 'delete', 'default');
  await ip('-6', 'route', 'delete', 'default');
  await ip('address', 'add', `${INTERNET.ip4}/32`, 'dev', 'lo');
  await ip('address', 'add', `${INTERNET.ip6}/128`, 'dev', 'lo');
  await ip('route', 'add', ROUTED.prefix4, 'via', gateway4);
  for (const prefix of [ROUTED.prefix6, '2001:db8:10::/64', '2001:db8:20::/64'])
    await ip('-6', 'route', 'add', prefix, 'via', gateway6);
}

/** Makes the four namespaces of a lab and their cables. */
export async function makeTopology(lab: string): Promise<void> {
  for (const namespace of namespacesOf(lab)) await addNamespace(namespace);
  for (const host of Object.values(HOSTS)) await connect(lab, host);
  await makeProvider(lab);
}
