/** What a router does to a packet, byte by byte: on the slow path, on the flow cache, with and without VLAN tags. */
import { frame, type Packet } from '@gatehouse/packet';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAR, HOST, NET, UNKNOWN_NEIGHBOUR } from './support/network.ts';
import { FAMILIES, forwarded, from, hex, outbound, read, someUdp } from './support/packets.ts';
import { Pipeline } from './support/pipeline.ts';

const TAG = 10;
const OUT_TAG = 20;

/** in0.10 and out0.20 beside the untagged interfaces. The kernel here has no VLAN devices, so routes name the parent: told in `bind`. */
const WITH_VLANS = {
  interfaces: [
    ...Object.entries(NET).map(([name, { box4, box6 }]) => ({ name, addresses: [`${box4}/24`, `${box6}/64`] })),
    { name: 'in0.10', type: 'vlan', parent: 'in0', vlanId: TAG },
    { name: 'out0.20', type: 'vlan', parent: 'out0', vlanId: OUT_TAG },
  ],
  zones: [
    { name: 'in', interfaces: ['in0', 'in0.10'] },
    { name: 'out', interfaces: ['out0', 'out0.20'] },
    { name: 'dmz', interfaces: ['dmz0'] },
  ],
};

const slotOf = (pipeline: Pipeline, name: string): number =>
  pipeline.plan.interfaces.find((item) => item.name === name)?.slot ?? 0;

describe.each(FAMILIES)('IPv%s', (family) => {
  describe.each([
    ['untagged to untagged', undefined, undefined],
    ['tagged to untagged', TAG, undefined],
    ['untagged to tagged', undefined, OUT_TAG],
    ['tagged to tagged', TAG, OUT_TAG],
  ])('%s', (_, vlan, outTag) => {
    let pipeline: Pipeline;
    let packet: Packet;
    beforeAll(async () => {
      pipeline = await Pipeline.load(WITH_VLANS, {
        bind: (bound, plan) => {
          const slot = plan.interfaces.find((item) => item.name === (outTag ? 'out0.20' : 'out0'))?.slot ?? 0;
          const index = [...bound.byIndex].find(([, item]) =>
            plan.interfaces.some((i) => i.slot === item && i.name === 'out0'),
          );
          if (index) bound.byIndex.set(index[0], slot);
        },
      });
      packet = { ...outbound(family, someUdp()), ...(vlan ? { vlan } : {}) };
    });

    it('is forwarded with one hop less and the next hop’s MAC address', async () => {
      const outcome = await pipeline.send('in0', frame(packet));
      expect(outcome.verdict).toBe('redirect');
      expect(hex(outcome.frame)).toBe(forwarded(packet, 'out0', outTag ? { vlan: outTag } : {}));
    });

    it('is forwarded the same way from the flow cache', async () => {
      const before = await slowPackets(pipeline);
      for (let i = 0; i < 3; i++) {
        const outcome = await pipeline.send('in0', frame(packet));
        expect(hex(outcome.frame)).toBe(forwarded(packet, 'out0', outTag ? { vlan: outTag } : {}));
      }
      expect((await slowPackets(pipeline)) - before).toBeLessThanOrEqual(1);
    });

    it('belongs to a session between the right interfaces', async () => {
      const [entry] = await pipeline.sessions();
      expect(entry?.session.iface).toEqual([
        slotOf(pipeline, vlan ? 'in0.10' : 'in0'),
        slotOf(pipeline, outTag ? 'out0.20' : 'out0'),
      ]);
    });
  });

  it('a route by a gateway leads to the gateway’s MAC address', async () => {
    const pipeline = await Pipeline.load({});
    const packet = from('in0', family, HOST.client[family], FAR[family], someUdp());
    expect(hex((await pipeline.send('in0', frame(packet))).frame)).toBe(forwarded(packet, 'out0'));
  });

  it('a packet to a neighbour that is not known yet goes to the kernel, complete', async () => {
    const pipeline = await Pipeline.load({});
    const packet = from('in0', family, HOST.client[family], UNKNOWN_NEIGHBOUR[family], someUdp());
    const outcome = await pipeline.send('in0', frame(packet));
    expect(outcome.verdict).toBe('pass');
    expect(pipeline.drops()).toEqual([]);
  });

  it('the last hop is answered with "time exceeded" that quotes the packet', async () => {
    const pipeline = await Pipeline.load({});
    const packet = { ...outbound(family, someUdp()), ttl: 1 };
    const outcome = await pipeline.send('in0', frame(packet));
    expect(outcome.verdict).toBe('redirect');
    const answer = read(outcome);
    expect(answer).toMatchObject({
      to: NET.in0.host,
      from: NET.in0.mac,
      source: family === 4 ? NET.in0.box4 : NET.in0.box6,
      destination: HOST.client[family],
      icmpType: family === 4 ? 11 : 3,
      icmpCode: 0,
    });
    expect(hex(answer.payload.subarray(8))).toBe(hex(frame(packet).subarray(14)));
    expect(pipeline.drops()).toEqual(['ttl-exceeded']);
  });

  it('a packet that is larger than the way out is answered with its MTU', async () => {
    const pipeline = await Pipeline.load({
      interfaces: Object.entries(NET).map(([name, { box4, box6 }]) => ({
        name,
        addresses: [`${box4}/24`, `${box6}/64`],
        ...(name === 'out0' ? { mtu: 1280 } : {}),
      })),
    });
    const big = { ...someUdp(), bytes: Buffer.concat([someUdp().bytes, Buffer.alloc(1300)]) };
    big.bytes.writeUInt16BE(big.bytes.length, 4);
    const answer = read(await pipeline.send('in0', frame(outbound(family, big))));
    expect([answer.icmpType, answer.icmpCode]).toEqual(family === 4 ? [3, 4] : [2, 0]);
    expect(answer.payload.readUInt32BE(4)).toBe(1280);
    expect(pipeline.drops()).toEqual(['packet-too-big']);
  });
});

it('what no route leads to is dropped with its reason', async () => {
  const pipeline = await Pipeline.load({});
  await pipeline.send('in0', frame(from('in0', 4, HOST.client[4], '8.8.8.8', someUdp())));
  await pipeline.send('in0', frame(from('in0', 4, HOST.client[4], '192.0.2.200', someUdp())));
  expect(pipeline.drops()).toEqual(['no-route', 'route-blackhole']);
});

async function slowPackets(pipeline: Pipeline): Promise<number> {
  const { totalsCodec } = await import('@gatehouse/bpf/abi');
  const { u32 } = await import('@gatehouse/native');
  const values = pipeline.state.get('totals').lookupPerCpu(u32(0)) ?? [];
  return values.reduce((sum, value) => sum + Number(totalsCodec.decode(value).slowPath), 0);
}
