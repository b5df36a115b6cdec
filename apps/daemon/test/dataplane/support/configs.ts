/** Configurations for tests: an empty one to build on, and random ones whose objects overlap on purpose. */
import { type Config, emptyConfig } from '@gatehouse/config';
import type { Random } from './random.ts';
import type { Flow } from './reference.ts';

const ZONES = ['lan', 'dmz', 'wan'];

function address4(random: Random): string {
  return `10.${random.int(0, 1)}.${random.int(0, 3)}.${random.int(0, 255)}`;
}

function address6(random: Random): string {
  return `2001:db8:${random.int(0, 1)}::${random.pick(['', '1:'])}${random.int(0, 3).toString(16)}`;
}

function literal(random: Random): string {
  if (random.chance(0.6)) return `${address4(random)}/${random.int(8, 32)}`;
  return `${address6(random)}/${random.int(24, 128)}`;
}

/** A random configuration of one of several sizes. */
export function randomConfig(random: Random): Config {
  const config = emptyConfig() as unknown as Record<string, unknown[]> & { nat: Record<string, unknown[]> };
  const named = <T extends object>(kind: string, index: number, rest: T) => ({
    id: `${kind}${index}`,
    name: `${kind}-${index}`,
    ...rest,
  });
  config.zones = ZONES.map((name) => ({ id: name, name, interfaces: [], hostInbound: [] }));
  config.addresses = Array.from({ length: 14 }, (_, i) => {
    const kind = random.int(0, 3);
    if (kind === 0)
      return named('host', i, { type: 'host', address: random.chance(0.6) ? address4(random) : address6(random) });
    if (kind === 1) {
      const block = random.int(0, 3);
      const low = random.int(0, 200);
      return named('range', i, {
        type: 'range',
        from: `10.0.${block}.${low}`,
        to: `10.0.${block + 1}.${random.int(0, 255)}`,
      });
    }
    return named('prefix', i, { type: 'prefix', prefix: literal(random) });
  });
  const names = config.addresses.map((object) => (object as { name: string }).name);
  config.addressGroups = [];
  for (let i = 0; i < 5; i++) {
    const groups = config.addressGroups.map((group) => (group as { name: string }).name);
    config.addressGroups.push(named('group', i, { members: random.some([...names, ...groups], 1, 4) }));
  }
  const ports = () => {
    const first = random.int(1, 60);
    if (random.chance(0.3)) return `${first}`;
    if (random.chance(0.7)) return `${first}-${first + random.int(0, 30)}`;
    return `${first},${first + 5}-${first + 9}`;
  };
  const term = () => {
    const protocol = random.pick(['tcp', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 47, 89]);
    if (protocol === 'icmp' || protocol === 'icmp6') {
      if (random.chance(0.3)) return { protocol };
      const icmpType = random.int(0, 12);
      return random.chance(0.5) ? { protocol, icmpType } : { protocol, icmpType, icmpCode: random.int(0, 3) };
    }
    if (typeof protocol === 'number' || random.chance(0.1)) return { protocol };
    const destination = { protocol, destinationPort: ports() };
    return protocol !== 'sctp' && random.chance(0.25) ? { ...destination, sourcePort: ports() } : destination;
  };
  config.applications = Array.from({ length: 10 }, (_, i) =>
    named('app', i, { terms: Array.from({ length: random.int(1, 4) }, term) }),
  );
  const applications = config.applications.map((item) => (item as { name: string }).name);
  config.applicationGroups = [named('appgroup', 0, { members: random.some(applications, 1, 4) })];
  const zones = () => (random.chance(0.2) ? ['any'] : random.some(ZONES, 1, 2));
  const addresses = () => {
    if (random.chance(0.3)) return [random.pick(['any', 'any', 'any-ipv4', 'any-ipv6'])];
    const groups = config.addressGroups?.map((group) => (group as { name: string }).name) ?? [];
    return random.chance(0.15) ? [literal(random)] : random.some([...names, ...groups], 1, 3);
  };
  const services = () => (random.chance(0.35) ? ['any'] : random.some([...applications, 'appgroup-0'], 1, 3));
  const enabled = () => random.chance(0.92);
  const conditions = () => ({
    from: zones(),
    to: zones(),
    source: addresses(),
    destination: addresses(),
    application: services(),
  });
  config.policies = Array.from({ length: random.pick([1, 8, 40, 150]) }, (_, i) =>
    named('policy', i, {
      enabled: enabled(),
      ...conditions(),
      action: random.pick(['permit', 'deny', 'reject']),
      log: { init: random.chance(0.5), close: random.chance(0.5) },
    }),
  );
  config.nat = {
    pools: [
      named('pool', 0, { addresses: ['203.0.113.10-203.0.113.20'], ports: '1024-65535' }),
      named('pool', 1, { addresses: ['203.0.113.64/28', '2001:db8:ffff::/96'], ports: '2000-3000' }),
    ],
    source: Array.from({ length: random.pick([0, 3, 30]) }, (_, i) =>
      named('snat', i, {
        enabled: enabled(),
        ...conditions(),
        translation: random.pick([
          { type: 'interface' },
          { type: 'off' },
          { type: 'pool', pool: 'pool-0' },
          { type: 'pool', pool: 'pool-1' },
        ]),
      }),
    ),
    destination: Array.from({ length: random.pick([0, 3, 20]) }, (_, i) =>
      named('dnat', i, {
        enabled: enabled(),
        from: zones(),
        source: addresses(),
        destination: addresses(),
        protocol: random.pick(['tcp', 'udp']),
        port: random.chance(0.5) ? `${random.int(1, 60)}` : `${random.int(1, 30)}-${random.int(30, 90)}`,
        translation: random.pick([
          { address: '10.1.1.1', port: 80 },
          { address: '2001:db8:1::1' },
          { address: '10.0.0.9' },
        ]),
      }),
    ),
    static: Array.from({ length: random.pick([0, 0, 2]) }, (_, i) =>
      named('static', i, {
        enabled: enabled(),
        from: random.some(ZONES, 1, 1),
        ...random.pick([
          { external: '10.1.2.0/28', internal: '10.0.1.16/28' },
          { external: '10.1.0.7', internal: '10.0.0.7' },
          { external: '2001:db8:1::/120', internal: '2001:db8::/120' },
        ]),
      }),
    ),
  };
  return config as unknown as Config;
}

/** A flow that is likely to meet the objects of {@link randomConfig}. */
export function randomFlow(random: Random): Flow {
  const v4 = random.chance(0.6);
  const address = () => (v4 ? address4(random) : address6(random));
  const protocol = random.pick(['tcp', 'tcp', 'tcp', 'udp', 'udp', 'sctp', v4 ? 'icmp' : 'icmp6', 47, 89, 50] as const);
  return {
    fromZone: random.pick(ZONES),
    toZone: random.pick(ZONES),
    source: address(),
    destination: address(),
    protocol,
    sourcePort: random.int(1, 95),
    destinationPort: random.int(1, 95),
    icmpType: random.int(0, 13),
    icmpCode: random.int(0, 4),
  };
}
