/**
 * The bench's networks. A bed is one router between two veth pairs; generators and sinks of all beds live in the namespace `gh-bench`, where the
 * measuring process runs. The first bed's router is a pair of devices in that namespace as well, judged by XDP; the others are kernel routers in
 * namespaces of their own, so that rules and connection tracking of one never touch another and all can be measured in turns.
 *
 *   gN ──► r0 │ router │ r1 ──► sN        sources 10.18.0.0/16, fd18::/64      destinations 10.19.0.0/16, fd19::/64
 */
import { run, tryRun } from '../test/lab/process.ts';

export const HOME = 'gh-bench';

export type Bed = {
  /** Generator and sink device, in HOME. */
  generator: string;
  sink: string;
  /** The router's devices, in `netns`. */
  ingress: string;
  egress: string;
  netns: string;
  /** Ethernet addresses. */
  mac: { generator: string; ingress: string; egress: string; sink: string };
};

export const ROUTER = {
  ingress4: '10.2.0.1',
  egress4: '10.9.0.1',
  ingress6: 'fd02::1',
  egress6: 'fd09::1',
  sources4: '10.18.0.0',
  destinations4: '10.19.0.0',
  sources6: 'fd18::',
  destinations6: 'fd19::',
} as const;

function bed(number: number, netns: string): Bed {
  const mac = (last: number) => `02:00:00:00:${number.toString(16).padStart(2, '0')}:0${last}`;
  return {
    generator: `g${number}`,
    sink: `s${number}`,
    ingress: `in${number}`,
    egress: `out${number}`,
    netns,
    mac: { generator: mac(1), ingress: mac(2), egress: mac(3), sink: mac(4) },
  };
}

export const BEDS = {
  xdp: bed(0, HOME),
  kernel: bed(1, `${HOME}-kernel`),
  nftables: bed(2, `${HOME}-nft`),
  masquerade: bed(3, `${HOME}-masq`),
} as const;
export type BedName = keyof typeof BEDS;

async function sysctl(netns: string, settings: Record<string, string | number>): Promise<void> {
  const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  await run(['sysctl', '-qw', ...words], { netns });
}

async function makeBed(bed: Bed): Promise<void> {
  const { netns, mac } = bed;
  const pair = (near: string, nearMac: string, far: string, farMac: string) =>
    run([
      ...['ip', '-n', HOME, 'link', 'add', near, 'address', nearMac, 'type', 'veth'],
      ...['peer', 'name', far, 'address', farMac, 'netns', netns],
    ]);
  await pair(bed.generator, mac.generator, bed.ingress, mac.ingress);
  await pair(bed.sink, mac.sink, bed.egress, mac.egress);
  for (const [name, namespace] of [
    [bed.generator, HOME],
    [bed.sink, HOME],
    [bed.ingress, netns],
    [bed.egress, netns],
  ] as const) {
    // neither end may answer for itself: router solicitations would be counted
    if (name === bed.generator || name === bed.sink)
      await sysctl(namespace, { [`net.ipv6.conf.${name}.disable_ipv6`]: 1 });
    await run(['ip', '-n', namespace, 'link', 'set', name, 'up']);
    // NAPI on the receiving side: without it a veth drops redirected frames silently
    await run(['ethtool', '-K', name, 'gro', 'on'], { netns: namespace });
  }
  const on = (words: string) => run(['ip', '-n', netns, ...words.split(' ')]);
  for (const [device, address4, address6, hop4, hop6, peer, net4, net6] of [
    [
      bed.ingress,
      ROUTER.ingress4,
      ROUTER.ingress6,
      '10.2.0.2',
      'fd02::2',
      mac.generator,
      ROUTER.sources4,
      ROUTER.sources6,
    ],
    [
      bed.egress,
      ROUTER.egress4,
      ROUTER.egress6,
      '10.9.0.2',
      'fd09::2',
      mac.sink,
      ROUTER.destinations4,
      ROUTER.destinations6,
    ],
  ] as const) {
    await on(`address add ${address4}/24 dev ${device}`);
    await on(`address add ${address6}/64 dev ${device} nodad`);
    await on(`neighbour replace ${hop4} lladdr ${peer} dev ${device} nud permanent`);
    await on(`neighbour replace ${hop6} lladdr ${peer} dev ${device} nud permanent`);
    await on(`route add ${net4}/16 via ${hop4}`);
    await on(`route add ${net6}/64 via ${hop6}`);
  }
}

/** Makes all namespaces and beds anew. */
export async function makeTopology(): Promise<void> {
  await removeTopology();
  for (const netns of new Set([HOME, ...Object.values(BEDS).map((item) => item.netns)])) {
    await run(['ip', 'netns', 'add', netns]);
    await run(['ip', '-n', netns, 'link', 'set', 'lo', 'up']);
    await sysctl(netns, {
      'net.ipv4.ip_forward': 1,
      'net.ipv6.conf.all.forwarding': 1,
      'net.ipv4.conf.all.rp_filter': 0,
      'net.ipv4.conf.default.rp_filter': 0,
    });
  }
  for (const item of Object.values(BEDS)) await makeBed(item);
}

/** Removes what makeTopology() made; nothing there is no error. */
export async function removeTopology(): Promise<void> {
  for (const netns of new Set([HOME, ...Object.values(BEDS).map((item) => item.netns)]))
    await tryRun(['ip', 'netns', 'delete', netns]);
}
