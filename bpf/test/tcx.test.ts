/** The same pipeline on devices without an Ethernet header: attached by TCX to tun devices, with real packets through them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseConfig } from '@gatehouse/config';
import { network, type Packet, tcp, tcpFlag, udp } from '@gatehouse/packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../apps/daemon/src/subsystems/dataplane/catalogue.ts';
import { bindInterfaces } from '../../apps/daemon/src/subsystems/dataplane/compile/interfaces.ts';
import { loadGeneration } from '../../apps/daemon/src/subsystems/dataplane/generation.ts';
import { Kernel } from '../../apps/daemon/src/subsystems/dataplane/kernel.ts';
import { Pins } from '../../apps/daemon/src/subsystems/dataplane/pins.ts';
import { planDataplane } from '../../apps/daemon/src/subsystems/dataplane/plan.ts';
import { Registry } from '../../apps/daemon/src/subsystems/dataplane/registry.ts';
import { cacheSets } from '../../apps/daemon/src/subsystems/dataplane/state.ts';
import { readInterfaces } from '../../apps/daemon/src/subsystems/network/read.ts';
import { makeBpffs } from './support/network.ts';

const OBJECTS = join(import.meta.dirname, '../build');
const INSIDE = { box4: '10.71.0.1', host4: '10.71.0.2', box6: '2001:db8:71::1', host6: '2001:db8:71::2' };
const OUTSIDE = { box4: '10.72.0.1', host4: '10.72.0.2', box6: '2001:db8:72::1', host6: '2001:db8:72::2' };
const DEVICES = { tin0: INSIDE, tout0: OUTSIDE };

let child: ChildProcess;
let kernel: Kernel;
const arrived: Record<string, string[]> = { tin0: [], tout0: [] };
const ip = (words: string) => execFileSync('ip', words.split(' '));

beforeAll(async () => {
  child = spawn('python3', [join(import.meta.dirname, 'support/tun.py'), 'tin0', 'tout0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [name, hex] = line.split(' ') as [string, string];
      if (name === 'ready') resolve();
      // what the kernel itself says on a link (multicast listener reports) is not the pipeline's
      else if (!hex.startsWith('fe80', 16)) arrived[name]?.push(hex);
    });
  });
  execFileSync('sysctl', ['-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  for (const [name, { box4, box6 }] of Object.entries(DEVICES)) {
    execFileSync('sysctl', ['-qw', `net.ipv6.conf.${name}.router_solicitations=0`]);
    ip(`link set ${name} up`);
    ip(`address add ${box4}/24 dev ${name}`);
    ip(`address add ${box6}/64 dev ${name} nodad`);
  }
  const config = parseConfig({
    interfaces: Object.entries(DEVICES).map(([name, { box4, box6 }]) => ({
      name,
      addresses: [`${box4}/24`, `${box6}/64`],
    })),
    zones: [
      { name: 'in', interfaces: ['tin0'] },
      { name: 'out', interfaces: ['tout0'] },
    ],
    policies: [
      { name: 'no-telnet', application: ['telnet'], action: 'reject' },
      { name: 'out', from: ['in'], to: ['out'], action: 'permit' },
    ],
    nat: { source: [{ name: 'hide', to: ['out'], source: ['any-ipv4'], translation: { type: 'interface' } }] },
  });
  if (!config.ok) throw new Error(JSON.stringify(config.issues));
  const facts = { interfaces: await readInterfaces() };
  const registry = new Registry();
  const outcome = planDataplane(config.config, 'tcx', facts, registry, catalogue);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.issues));
  kernel = new Kernel(new Pins(join(makeBpffs(), 'pins')), OBJECTS);
  const bound = bindInterfaces(outcome.plan.interfaces, facts);
  const { generation, state } = await loadGeneration({
    pins: kernel.pins,
    objects: OBJECTS,
    plan: outcome.plan,
    bound,
    constants: { generation: 1, proofMask: 0xffff0000, proofNonce: 0x47480001, hashSeed: 1 },
    state: null,
    sizes: { sessions: 256, ...cacheSets(1024) },
  });
  await kernel.switchTo({ generation, state, made: { plan: outcome.plan, bound } }, facts);
});
afterAll(() => {
  child.kill();
});

const packet = (source: string, destination: string, payload: Packet['payload']): Packet => ({
  to: '02:00:00:00:00:01',
  from: '02:00:00:00:00:02',
  source,
  destination,
  payload,
});

/** Sends a packet into a device; what came out of a device until something did, or nothing for half a second. */
async function through(from: string, sent: Packet, to: string): Promise<string | null> {
  const list = arrived[to] as string[];
  list.length = 0;
  child.stdin?.write(`${from} ${network(sent).toString('hex')}\n`);
  for (let i = 0; i < 50; i++) {
    if (list.length) return list[0] as string;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return null;
}

it('both hooks of both devices are attached', () => {
  expect(kernel.deviations()).toEqual([]);
  const modes = bindModes();
  expect(modes).toEqual(['tcx', 'tcx']);
});

const bindModes = () =>
  Object.keys(DEVICES).map((name) => {
    const [link] = JSON.parse(execFileSync('ip', ['-j', 'link', 'show', name], { encoding: 'utf8' })) as {
      ifindex: number;
    }[];
    return kernel.attachmentMode(link?.ifindex ?? 0);
  });

describe('IPv6', () => {
  const sent = packet(INSIDE.host6, OUTSIDE.host6, udp(4000, 9, Buffer.from('payload')));
  it('a permitted packet passes with one hop less, first and again', async () => {
    for (let i = 0; i < 3; i++)
      expect(await through('tin0', sent, 'tout0')).toBe(network({ ...sent, ttl: 63 }).toString('hex'));
  });
  it('the answer comes back', async () => {
    const answer = packet(OUTSIDE.host6, INSIDE.host6, udp(9, 4000, Buffer.from('answer')));
    expect(await through('tout0', answer, 'tin0')).toBe(network({ ...answer, ttl: 63 }).toString('hex'));
  });
});

describe('IPv4', () => {
  it('the source is translated, and the answer back', async () => {
    const sent = packet(INSIDE.host4, OUTSIDE.host4, udp(4000, 9, Buffer.from('payload')));
    const there = Buffer.from((await through('tin0', sent, 'tout0')) ?? '', 'hex');
    const port = there.readUInt16BE(20);
    expect(there.toString('hex')).toBe(
      network({ ...sent, source: OUTSIDE.box4, ttl: 63, payload: udp(port, 9, Buffer.from('payload')) }).toString(
        'hex',
      ),
    );
    const answer = packet(OUTSIDE.host4, OUTSIDE.box4, udp(9, port, Buffer.from('answer')));
    expect(await through('tout0', answer, 'tin0')).toBe(
      network({ ...answer, destination: INSIDE.host4, ttl: 63, payload: udp(9, 4000, Buffer.from('answer')) }).toString(
        'hex',
      ),
    );
  });
  it('a rejected connection is reset', async () => {
    const syn = tcp({ source: 5000, destination: 23, sequence: 7, flags: tcpFlag.syn });
    const answer = Buffer.from((await through('tin0', packet(INSIDE.host4, OUTSIDE.host4, syn), 'tin0')) ?? '', 'hex');
    expect(answer[33]).toBe(tcpFlag.rst | tcpFlag.ack);
    expect(answer.readUInt32BE(28)).toBe(8);
  });
});

it('what no policy permits does not pass, nor does the kernel forward it by itself', async () => {
  const sent = packet(OUTSIDE.host6, INSIDE.host6, udp(1, 2, Buffer.from('uninvited')));
  expect(await through('tout0', sent, 'tin0')).toBeNull();
});
