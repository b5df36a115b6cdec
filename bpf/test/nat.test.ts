/** Translation, byte by byte, in both directions and in quoted packets. */
import {
  echo,
  frame,
  icmpError,
  type Layer4,
  network,
  type Packet,
  protocol,
  quote,
  tcp,
  tcpFlag,
  udp,
} from '@gatehouse/packet';
import { describe, expect, it } from 'vitest';
import { type Family, HOST, NET } from './support/network.ts';
import { DATA, FAMILIES, forwarded, from, hex, outbound, read, someUdp, syn } from './support/packets.ts';
import { Pipeline } from './support/pipeline.ts';

const OUTSIDE = { 4: NET.out0.box4, 6: NET.out0.box6 } as const;
const POOL = { 4: '198.51.100.64', 6: '2001:db8:99::64' } as const;
const PUBLIC = { 4: '203.0.113.50', 6: '2001:db8:2::50' } as const;
const masquerade = { source: [{ name: 'hide', to: ['out'], translation: { type: 'interface' } }] };

/** Payload of a kind from one port to another, and the same with other ports. */
const KINDS: Record<string, (family: Family, source: number, destination: number) => Layer4> = {
  TCP: (_, source, destination) => syn(source, destination),
  UDP: (_, source, destination) => udp(source, destination, DATA),
  'UDP without checksum': (family, source, destination) => udp(source, destination, DATA, family === 4),
};

const portOf = (payload: Buffer): number => payload.readUInt16BE(0);

describe.each(FAMILIES)('source NAT, IPv%s', (family) => {
  it.each(Object.entries(KINDS))(
    '%s leaves with the egress address; the answer comes back translated',
    async (_, make) => {
      const pipeline = await Pipeline.load({ nat: masquerade });
      const packet = outbound(family, make(family, 40000, 53));
      const there = await pipeline.send('in0', frame(packet));
      const port = portOf(read(there).payload);
      expect(hex(there.frame)).toBe(
        forwarded(packet, 'out0', { source: OUTSIDE[family], payload: make(family, port, 53) }),
      );
      const answer = from('out0', family, HOST.server[family], OUTSIDE[family], answerOf(make(family, 53, port)));
      const back = await pipeline.send('out0', frame(answer));
      expect(back.verdict).toBe('redirect');
      expect(hex(back.frame)).toBe(
        forwarded(answer, 'in0', { destination: HOST.client[family], payload: answerOf(make(family, 53, 40000)) }),
      );
    },
  );

  it('an echo keeps its way by the identifier', async () => {
    const pipeline = await Pipeline.load({ nat: masquerade });
    const request = outbound(family, echo(family, 'request', 77, 1, DATA));
    const there = await pipeline.send('in0', frame(request));
    const identifier = read(there).payload.readUInt16BE(4);
    expect(hex(there.frame)).toBe(
      forwarded(request, 'out0', { source: OUTSIDE[family], payload: echo(family, 'request', identifier, 1, DATA) }),
    );
    const reply = from(
      'out0',
      family,
      HOST.server[family],
      OUTSIDE[family],
      echo(family, 'reply', identifier, 1, DATA),
    );
    const back = await pipeline.send('out0', frame(reply));
    expect(hex(back.frame)).toBe(
      forwarded(reply, 'in0', { destination: HOST.client[family], payload: echo(family, 'reply', 77, 1, DATA) }),
    );
  });

  it('a pool gives its address and only its ports', async () => {
    const pipeline = await Pipeline.load({
      nat: {
        pools: [{ name: 'public', addresses: [POOL[family]], ports: '20000-20003' }],
        source: [{ name: 'hide', to: ['out'], translation: { type: 'pool', pool: 'public' } }],
      },
    });
    const ports = new Set<number>();
    for (let client = 1; client <= 4; client++) {
      const answer = read(await pipeline.send('in0', frame(outbound(family, someUdp(1000 + client)))));
      expect(answer.source).toBe(POOL[family]);
      ports.add(answer.sourcePort);
    }
    expect([...ports].sort()).toEqual([20000, 20001, 20002, 20003]);
    // the fifth finds no port
    expect((await pipeline.send('in0', frame(outbound(family, someUdp(2000))))).verdict).toBe('drop');
    expect(pipeline.drops()).toEqual(['nat-no-port']);
  });

  it('an ICMP error from outside reaches the client with the packet that it sent', async () => {
    const pipeline = await Pipeline.load({ nat: masquerade });
    const packet = outbound(family, someUdp());
    const sent = read(await pipeline.send('in0', frame(packet)));
    const asSent: Packet = {
      ...packet,
      source: OUTSIDE[family],
      ttl: 63,
      payload: someUdp(sent.sourcePort),
    };
    const [type, code] = family === 4 ? [3, 3] : [1, 4];
    const error = from(
      'out0',
      family,
      HOST.server[family],
      OUTSIDE[family],
      icmpError(family, type, code, network(asSent)),
    );
    const back = await pipeline.send('out0', frame(error));
    expect(back.verdict).toBe('redirect');
    const original = network({ ...packet, ttl: 63 });
    expect(hex(back.frame)).toBe(
      forwarded(error, 'in0', {
        destination: HOST.client[family],
        payload: icmpError(family, type, code, original),
      }),
    );
  });

  it('an ICMP error that quotes a foreign packet is dropped', async () => {
    const pipeline = await Pipeline.load({ nat: masquerade });
    const foreign = network(from('out0', family, OUTSIDE[family], HOST.server[family], someUdp(5)));
    const error = icmpError(family, family === 4 ? 3 : 1, 1, quote(foreign));
    await pipeline.send('out0', frame(from('out0', family, HOST.server[family], OUTSIDE[family], error)));
    expect(pipeline.drops()).toEqual(['icmp-error-unknown']);
  });
});

describe.each(FAMILIES)('destination NAT, IPv%s', (family) => {
  const nat = {
    destination: [
      {
        name: 'publish',
        from: ['out'],
        destination: [OUTSIDE[family]],
        protocol: 'tcp',
        port: '8080',
        translation: { address: HOST.dmz[family], port: 80 },
      },
    ],
  };
  it('the published port leads to the server, and its answers hide it', async () => {
    const pipeline = await Pipeline.load({ nat });
    const packet = from('out0', family, HOST.server[family], OUTSIDE[family], syn(50000, 8080));
    const there = await pipeline.send('out0', frame(packet));
    expect(hex(there.frame)).toBe(
      forwarded(packet, 'dmz0', { destination: HOST.dmz[family], payload: syn(50000, 80) }),
    );
    const flags = tcpFlag.syn | tcpFlag.ack;
    const synAck = (source: number) => tcp({ source, destination: 50000, sequence: 7, acknowledgement: 1001, flags });
    const answer = from('dmz0', family, HOST.dmz[family], HOST.server[family], synAck(80));
    const back = await pipeline.send('dmz0', frame(answer));
    expect(hex(back.frame)).toBe(forwarded(answer, 'out0', { source: OUTSIDE[family], payload: synAck(8080) }));
  });

  it('the port beside it stays the box’s own', async () => {
    const pipeline = await Pipeline.load({ nat });
    await pipeline.send('out0', frame(from('out0', family, HOST.server[family], OUTSIDE[family], syn(50000, 8081))));
    expect(pipeline.drops()).toEqual(['host-inbound']);
  });
});

describe.each(FAMILIES)('static NAT, IPv%s', (family) => {
  const nat = { static: [{ name: 'one', from: ['out'], external: PUBLIC[family], internal: HOST.dmz[family] }] };
  it.each(Object.entries(KINDS))('%s in both directions, ports kept', async (_, make) => {
    const pipeline = await Pipeline.load({ nat });
    const packet = from('out0', family, HOST.server[family], PUBLIC[family], make(family, 50000, 25));
    const there = await pipeline.send('out0', frame(packet));
    expect(hex(there.frame)).toBe(forwarded(packet, 'dmz0', { destination: HOST.dmz[family] }));
    const own = from('dmz0', family, HOST.dmz[family], HOST.server[family], make(family, 30000, 26));
    const out = await pipeline.send('dmz0', frame(own));
    expect(hex(out.frame)).toBe(forwarded(own, 'out0', { source: PUBLIC[family] }));
  });
});

/** What the server sends back: a SYN becomes a SYN-ACK. */
function answerOf(payload: Layer4): Layer4 {
  if (payload.protocol !== protocol.tcp) return payload;
  return tcp({
    source: payload.bytes.readUInt16BE(0),
    destination: payload.bytes.readUInt16BE(2),
    sequence: 9000,
    acknowledgement: 1001,
    flags: tcpFlag.syn | tcpFlag.ack,
  });
}
