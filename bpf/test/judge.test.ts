/** Who may pass: policies, the box's own services, screens, TCP states, expiry, a new configuration on old sessions. */
import { echo, frame, icmpError, type Layer4, network, protocol, quote, raw, tcp, tcpFlag } from '@gatehouse/packet';
import { describe, expect, it } from 'vitest';
import { type Family, HOST, NET } from './support/network.ts';
import { DATA, FAMILIES, forwarded, from, hex, outbound, read, someUdp, syn } from './support/packets.ts';
import { Pipeline } from './support/pipeline.ts';

const BOX = { 4: NET.in0.box4, 6: NET.in0.box6 } as const;
const { fin, rst, ack, psh } = tcpFlag;
const flags = (value: number, more: Partial<Parameters<typeof tcp>[0]> = {}): Layer4 =>
  tcp({ source: 40000, destination: 80, sequence: 1000, flags: value, ...more });

describe.each(FAMILIES)('policies, IPv%s', (family) => {
  const rules = {
    addresses: [{ name: 'server', type: 'host', address: HOST.server[family] }],
    addressGroups: [{ name: 'servers', members: ['server'] }],
    applications: [{ name: 'odd', terms: [{ protocol: 'udp', destinationPort: '9', sourcePort: '40000-40010' }] }],
    policies: [
      { name: 'no-telnet', application: ['telnet'], action: 'deny', log: { init: true } },
      { name: 'no-smtp', application: ['smtp'], action: 'reject' },
      { name: 'no-echo', application: ['ping'], action: 'reject' },
      { name: 'odd-to-servers', destination: ['servers'], application: ['odd'], action: 'permit' },
      { name: 'web', from: ['in'], to: ['out'], application: ['http'], action: 'permit' },
    ],
  };

  it('the first match decides; what none matches is denied', async () => {
    const pipeline = await Pipeline.load(rules);
    const verdict = async (payload: Layer4) => (await pipeline.send('in0', frame(outbound(family, payload)))).verdict;
    expect(await verdict(syn(1, 80))).toBe('redirect');
    expect(await verdict(someUdp(40005))).toBe('redirect');
    expect(pipeline.drops()).toEqual([]);
    expect(await verdict(someUdp(40011))).toBe('drop');
    expect(await verdict(syn(1, 23))).toBe('drop');
    expect(pipeline.drops()).toEqual(['default-deny', 'policy-deny']);
  });

  it('a rejected connection is reset, with the numbers that make the sender believe it', async () => {
    const pipeline = await Pipeline.load(rules);
    const packet = outbound(family, syn(1, 25, 5000));
    const answer = read(await pipeline.send('in0', frame(packet)));
    expect(answer).toMatchObject({
      to: NET.in0.host,
      from: NET.in0.mac,
      source: HOST.server[family],
      destination: HOST.client[family],
      sourcePort: 25,
      destinationPort: 1,
      tcpFlags: rst | ack,
      acknowledgement: 5001,
    });
    expect(pipeline.drops()).toEqual(['policy-reject']);
  });

  it('anything else that is rejected is answered "administratively prohibited"', async () => {
    const pipeline = await Pipeline.load(rules);
    const answer = read(await pipeline.send('in0', frame(outbound(family, echo(family, 'request', 1)))));
    expect([answer.icmpType, answer.icmpCode]).toEqual(family === 4 ? [3, 13] : [1, 1]);
    expect(answer.source).toBe(BOX[family]);
  });

  it('an ICMP error is never answered', async () => {
    const pipeline = await Pipeline.load({ policies: [{ name: 'none', action: 'reject' }] });
    const quoted = quote(network(outbound(family, someUdp())));
    const outcome = await pipeline.send(
      'in0',
      frame(outbound(family, icmpError(family, family === 4 ? 3 : 1, 1, quoted))),
    );
    expect(outcome.verdict).toBe('drop');
  });
});

describe.each(FAMILIES)('the box itself, IPv%s', (family) => {
  const zones = [
    { name: 'in', interfaces: ['in0'], hostInbound: ['ping', 'ssh'] },
    { name: 'out', interfaces: ['out0'] },
    { name: 'dmz', interfaces: ['dmz0'] },
  ];
  it.each([
    ['ping', () => echo(family, 'request', 1), 'pass'],
    ['ssh', () => syn(1, 22), 'pass'],
    ['a service that is not stated', () => syn(1, 23), 'drop'],
  ] as const)('%s: %s', async (_, payload, verdict) => {
    const pipeline = await Pipeline.load({ zones });
    const packet = from('in0', family, HOST.client[family], BOX[family], payload());
    expect((await pipeline.send('in0', frame(packet))).verdict).toBe(verdict);
    expect(pipeline.drops()).toEqual(verdict === 'drop' ? ['host-inbound'] : []);
  });

  it('another zone’s address is judged by the zone that the packet came from', async () => {
    const pipeline = await Pipeline.load({ zones });
    const packet = from('out0', family, HOST.server[family], BOX[family], syn(1, 22));
    expect((await pipeline.send('out0', frame(packet))).verdict).toBe('drop');
  });

  it('a sender can not use the box’s own address', async () => {
    const pipeline = await Pipeline.load({});
    await pipeline.send('in0', frame(from('in0', family, BOX[family], HOST.server[family], someUdp())));
    expect(pipeline.drops()).toEqual(['bad-source']);
  });
});

describe.each(FAMILIES)('screens, IPv%s', (family) => {
  const SCREENED: [string, Family extends never ? never : () => ReturnType<typeof outbound>][] = [
    ['screen-land', () => from('in0', family, HOST.server[family], HOST.server[family], syn())],
    ['screen-syn-fin', () => outbound(family, flags(tcpFlag.syn | fin))],
    ['screen-no-flag', () => outbound(family, flags(0))],
    ['screen-fin-no-ack', () => outbound(family, flags(fin))],
  ];
  const zones = (screen?: string) => [
    { name: 'in', interfaces: ['in0'], ...(screen ? { screen } : {}) },
    { name: 'out', interfaces: ['out0'] },
    { name: 'dmz', interfaces: ['dmz0'] },
  ];
  it.each(SCREENED)('%s', async (reason, packet) => {
    const screens = [{ name: 'all', land: true, synFin: true, noFlag: true, finNoAck: true }];
    const on = await Pipeline.load({ screens, zones: zones('all') });
    expect((await on.send('in0', frame(packet()))).verdict).toBe('drop');
    expect(on.drops()).toEqual([reason]);
    const off = await Pipeline.load({ zones: zones() });
    await off.send('in0', frame(packet()));
    expect(off.drops()).not.toContain(reason);
  });
});

describe.each(FAMILIES)('TCP, IPv%s', (family) => {
  const serverSays = (value: number, sequence: number, acknowledgement: number) =>
    from(
      'out0',
      family,
      HOST.server[family],
      HOST.client[family],
      tcp({ source: 80, destination: 40000, sequence, acknowledgement, flags: value }),
    );
  const clientSays = (value: number, sequence: number, acknowledgement: number) =>
    outbound(family, tcp({ source: 40000, destination: 80, sequence, acknowledgement, flags: value }));

  async function established(): Promise<Pipeline> {
    const pipeline = await Pipeline.load({});
    await pipeline.send('in0', frame(outbound(family, syn())));
    await pipeline.send('out0', frame(serverSays(tcpFlag.syn | ack, 9000, 1001)));
    await pipeline.send('in0', frame(clientSays(ack, 1001, 9001)));
    pipeline.events();
    return pipeline;
  }
  const stateOf = async (pipeline: Pipeline) => (await pipeline.sessions())[0]?.session.tcpState;

  it('a session begins with a SYN, and only with a SYN', async () => {
    const pipeline = await Pipeline.load({});
    expect((await pipeline.send('in0', frame(clientSays(ack, 1, 1)))).verdict).toBe('drop');
    expect(pipeline.drops()).toEqual(['tcp-not-syn']);
  });

  it('the handshake leads to established', async () => {
    expect(await stateOf(await established())).toBe(3);
  });

  it('both FINs lead to closing, and the sweep ends it with one event that counts both directions', async () => {
    const pipeline = await established();
    await pipeline.send('in0', frame(clientSays(fin | ack, 1001, 9001)));
    await pipeline.send('out0', frame(serverSays(fin | ack, 9001, 1002)));
    await pipeline.send('in0', frame(clientSays(ack, 1002, 9002)));
    expect((await pipeline.sweepAfter(1)).removed).toBe(0);
    expect(await pipeline.sweepAfter(11)).toEqual({ removed: 1, live: 0 });
    const events = pipeline.events();
    expect(events.map((event) => event.kind)).toEqual([2]);
    expect(events[0]?.reason).toBe(2);
    expect(events[0]?.packets.map(Number)).toEqual([4, 2]);
    expect((await pipeline.sweepAfter(100)).removed).toBe(0);
  });

  it('a reset ends it at once', async () => {
    const pipeline = await established();
    await pipeline.send('out0', frame(serverSays(rst, 9001, 0)));
    expect(await pipeline.sessions()).toEqual([]);
    expect(pipeline.events().map((event) => [event.kind, event.reason])).toEqual([[2, 3]]);
  });

  it('a reset with a sequence number out of the window does not', async () => {
    const pipeline = await established();
    await pipeline.send('out0', frame(serverSays(rst, 9001 + 0x20000000, 0)));
    expect(pipeline.drops()).toEqual(['tcp-out-of-window']);
    expect(await stateOf(pipeline)).toBe(3);
  });

  it('an answer that nobody asked for is dropped', async () => {
    const pipeline = await Pipeline.load({ policies: [{ name: 'out', from: ['in'], to: ['out'], action: 'permit' }] });
    await pipeline.send('out0', frame(serverSays(tcpFlag.syn | ack, 1, 1)));
    expect(pipeline.drops()).toEqual(['tcp-not-syn']);
  });
});

describe.each(FAMILIES)('sessions, IPv%s', (family) => {
  it('idle out after the protocol’s time, with one event', async () => {
    const pipeline = await Pipeline.load({ flow: { timeouts: { udp: 20 } } });
    await pipeline.send('in0', frame(outbound(family, someUdp())));
    expect((await pipeline.sweepAfter(15)).live).toBe(1);
    expect((await pipeline.sweepAfter(25)).removed).toBe(1);
    expect(pipeline.events().map((event) => [event.kind, event.reason])).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('packets of the flow cache keep a session alive and are counted', async () => {
    const pipeline = await Pipeline.load({});
    const packet = frame(outbound(family, someUdp()));
    for (let i = 0; i < 5; i++) await pipeline.send('in0', packet);
    await pipeline.sweepAfter(1);
    const [entry] = await pipeline.sessions();
    expect(Number(entry?.session.half[0]?.packets)).toBe(5);
    expect(Number(entry?.session.half[0]?.bytes)).toBe(5 * (packet.length - 14));
  });

  const permit = { policies: [{ name: 'all', action: 'permit' }] };
  const deny = { policies: [{ name: 'none', action: 'deny' }] };
  it('a new configuration that denies them closes them at their next packet', async () => {
    const first = await Pipeline.load(permit);
    await first.send('in0', frame(outbound(family, someUdp())));
    const second = await first.commit({ ...deny, flow: { policyRematch: 'close' } });
    first.events();
    expect((await second.send('in0', frame(outbound(family, someUdp())))).verdict).toBe('drop');
    expect(second.drops()).toEqual(['policy-change']);
    expect(await second.sessions()).toEqual([]);
  });

  it('or keeps them, when the configuration says so', async () => {
    const first = await Pipeline.load(permit);
    const packet = outbound(family, someUdp());
    await first.send('in0', frame(packet));
    const second = await first.commit({ ...deny, flow: { policyRematch: 'keep' } });
    expect(hex((await second.send('in0', frame(packet))).frame)).toBe(forwarded(packet, 'out0'));
  });

  it('a full table refuses new ones with its reason', async () => {
    const pipeline = await Pipeline.load({});
    for (let port = 1; port <= 300; port++) await pipeline.send('in0', frame(outbound(family, someUdp(port))));
    expect(pipeline.dropped('session-table-full')).toBeGreaterThan(0);
  });
});

describe.each(FAMILIES)('fragments, IPv%s', (family) => {
  const whole = network({ ...outbound(family, someUdp(40000, 9)) });
  const body = whole.subarray(family === 4 ? 20 : 40);
  const part = (offset: number, more: boolean, bytes: Buffer) => ({
    ...outbound(family, raw(protocol.udp, bytes)),
    id: 99,
    fragment: { offset, more },
  });
  it('follow their first one', async () => {
    const pipeline = await Pipeline.load({});
    for (const packet of [part(0, true, body.subarray(0, 16)), part(16, false, body.subarray(16))]) {
      const outcome = await pipeline.send('in0', frame(packet));
      expect(hex(outcome.frame)).toBe(forwarded(packet, 'out0'));
    }
  });
  it('without a first one are dropped', async () => {
    const pipeline = await Pipeline.load({});
    await pipeline.send('in0', frame(part(16, false, body.subarray(16))));
    expect(pipeline.drops()).toEqual(['fragment-unknown']);
  });
});

it('an IPv6 packet is judged by what stands behind its extension headers', async () => {
  const pipeline = await Pipeline.load({ policies: [{ name: 'web', application: ['http'], action: 'permit' }] });
  const hop = { type: 0, bytes: Uint8Array.from([0, 0, 1, 4, 0, 0, 0, 0]) };
  const options = { type: 60, bytes: Uint8Array.from([0, 0, 1, 4, 0, 0, 0, 0]) };
  const send = (destination: number) =>
    pipeline.send('in0', frame({ ...outbound(6, syn(1, destination)), extensions: [hop, options] }));
  expect((await send(80)).verdict).toBe('redirect');
  expect((await send(81)).verdict).toBe('drop');
});

it('a type 0 routing header is dropped (RFC 5095)', async () => {
  const pipeline = await Pipeline.load({});
  const routing = { type: 43, bytes: Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 0]) };
  await pipeline.send('in0', frame({ ...outbound(6, someUdp()), extensions: [routing] }));
  expect(pipeline.drops()).toEqual(['bad-extension-header']);
});

describe.each(FAMILIES)('frames that end too early, IPv%s', (family) => {
  it.each([
    ['TCP', flags(psh | ack, { data: DATA })],
    ['UDP', someUdp()],
    ['ICMP error', icmpError(family, family === 4 ? 3 : 1, 1, network(outbound(family, someUdp())))],
  ] as const)('%s: every length is dropped with a reason', async (_, payload) => {
    const pipeline = await Pipeline.load({});
    const bytes = frame(outbound(family, payload));
    for (let length = 15; length < bytes.length; length++) {
      const outcome = await pipeline.send('in0', Buffer.from(bytes.subarray(0, length)));
      expect(['drop', length], `cut to ${length} bytes`).toEqual([outcome.verdict, length]);
      expect(pipeline.drops(), `cut to ${length} bytes`).toHaveLength(1);
    }
  });
});
