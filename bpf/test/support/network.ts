/** The devices that packet tests stand on. The whole layer runs in a network and mount namespace of its own, so nothing needs to be taken down. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountBpffs } from '@gatehouse/native';

const ip = (words: string): string => execFileSync('ip', words.split(' '), { encoding: 'utf8' });

/** In front of the box and behind it, in both families: hosts with permanent neighbours. */
export const NET = {
  in0: { mac: '02:00:00:00:01:01', host: '02:00:00:00:01:02', box4: '10.1.0.1', box6: '2001:db8:1::1' },
  out0: { mac: '02:00:00:00:02:01', host: '02:00:00:00:02:02', box4: '203.0.113.1', box6: '2001:db8:2::1' },
  dmz0: { mac: '02:00:00:00:03:01', host: '02:00:00:00:03:02', box4: '10.3.0.1', box6: '2001:db8:3::1' },
} as const;
export type Device = keyof typeof NET;

/** One host on each side. */
export const HOST = {
  client: { 4: '10.1.0.10', 6: '2001:db8:1::10' },
  server: { 4: '203.0.113.10', 6: '2001:db8:2::10' },
  dmz: { 4: '10.3.0.10', 6: '2001:db8:3::10' },
} as const;
export type Family = 4 | 6;

/** Behind a router on out0. */
export const FAR = { 4: '198.51.100.7', 6: '2001:db8:99::7' } as const;
/** Nobody answers for this host on out0. */
export const UNKNOWN_NEIGHBOUR = { 4: '203.0.113.77', 6: '2001:db8:2::77' } as const;

let made = false;

/** @throws Error outside of a namespace of its own */
export function makeNetwork(): void {
  if (made) return;
  const devices = JSON.parse(ip('-j link')) as { ifname: string }[];
  if (devices.some(({ ifname }) => ifname !== 'lo' && !/^(in|out|dmz)0p?$/.test(ifname)))
    throw new Error(
      'packet tests make devices: run them with npm test -- --layer packet, or with unshare --net --mount',
    );
  made = true;
  if (devices.length > 1) return; // an earlier file of this run
  ip('link set lo up');
  for (const [name, { mac, box4, box6 }] of Object.entries(NET)) {
    ip(`link add ${name} address ${mac} type veth peer name ${name}p`);
    execFileSync('sysctl', ['-qw', `net.ipv6.conf.${name}p.disable_ipv6=1`, `net.ipv6.conf.${name}.accept_dad=0`]);
    ip(`link set ${name}p up`);
    ip(`link set ${name} up`);
    ip(`address add ${box4}/24 broadcast + dev ${name}`);
    ip(`address add ${box6}/64 dev ${name} nodad`);
  }
  const neighbours = [
    [HOST.client, 'in0'],
    [HOST.server, 'out0'],
    [HOST.dmz, 'dmz0'],
  ] as const;
  for (const [host, device] of neighbours)
    for (const family of [4, 6] as const)
      ip(`neighbour replace ${host[family]} lladdr ${NET[device].host} dev ${device} nud permanent`);
  ip(`route add 198.51.100.0/24 via ${HOST.server[4]}`);
  ip(`route add 2001:db8:99::/64 via ${HOST.server[6]}`);
  ip('route add blackhole 192.0.2.128/25');
  execFileSync('sysctl', ['-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
}

/** A bpffs of this process. */
export function makeBpffs(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gh-packet-'));
  mountBpffs(directory);
  return directory;
}
