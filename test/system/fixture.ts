/** One lab with a running appliance for a test file, and the questions that tests ask the network. */
import { randomBytes } from 'node:crypto';
import type { Config } from '@gatehouse/config';
import { afterAll, beforeAll } from 'vitest';
import type { LogEntry, LogFilter } from '../../apps/daemon/src/api/schemas.ts';
import { Appliance } from '../lab/appliance.ts';
import { Lab } from '../lab/lab.ts';
import { type HostName, SERVER_PORTS } from '../lab/names.ts';
import { waitUntil } from '../lab/wait.ts';

export type Bench = { lab: Lab; appliance: Appliance };

/** A lab of the file's own, with the daemon on `config`; ended after the file, whatever happened. */
export function useAppliance(topic: string, config: Config): Bench {
  const bench = {} as Bench;
  beforeAll(async () => {
    bench.lab = await Lab.up({ name: `gh-test-${topic}` });
    bench.appliance = new Appliance(bench.lab);
    await bench.appliance.startDaemon(config);
  });
  afterAll(async () => {
    await bench.lab?.down();
  });
  return bench;
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** A page fetched by curl: its text, or the way it failed (curl's exit status). */
export async function fetchPage(
  lab: Lab,
  from: HostName,
  address: string,
  {
    port = 80,
    path = '/',
    source,
    seconds = 2,
  }: { port?: number; path?: string; source?: string; seconds?: number } = {},
): Promise<{ text: string; failure: 'none' | 'refused' | 'timeout' | 'other' }> {
  const done = await lab.tryExec(from, [
    'curl',
    '--silent',
    '--show-error',
    '--max-time',
    String(seconds),
    ...(source ? ['--interface', source] : []),
    `http://${bracketed(address)}:${port}${path}`,
  ]);
  const failures: Record<number, 'none' | 'refused' | 'timeout'> = { 0: 'none', 7: 'refused', 28: 'timeout' };
  return { text: done.stdout, failure: failures[done.status ?? -1] ?? 'other' };
}

export type Echo = { host: string; sawAddress: string; sawPort: number; payload: string };

/** Bytes that no offload and no luck puts together rightly, as text. */
export const randomText = (bytes: number): string =>
  randomBytes(Math.ceil(bytes / 2))
    .toString('hex')
    .slice(0, bytes);

/** Sends a payload to an echo server; null when no answer came. */
export async function askEcho(
  lab: Lab,
  from: HostName,
  protocol: 'tcp' | 'udp',
  address: string,
  payload: string,
  { port = SERVER_PORTS.echo, sourcePort }: { port?: number; sourcePort?: number } = {},
): Promise<Echo | null> {
  const transport = protocol === 'udp' ? ['-u', '-W1'] : ['-N'];
  const source = sourcePort === undefined ? [] : ['-p', String(sourcePort)];
  const done = await lab.tryExec(from, ['nc', ...transport, '-w', '2', ...source, address, String(port)], {
    input: payload,
  });
  const match = /^(\w+) saw (\S+) (\d+)\n([\s\S]*)$/.exec(done.stdout);
  if (!match) return null;
  const [, host, sawAddress, sawPort, echoed] = match as unknown as [string, string, string, string, string];
  return { host, sawAddress, sawPort: Number(sawPort), payload: echoed };
}

/** One ping with a payload; true when it came back unharmed. */
export async function ping(
  lab: Lab,
  from: HostName,
  address: string,
  bytes = 56,
  more: string[] = [],
): Promise<boolean> {
  const done = await lab.tryExec(from, ['ping', '-n', '-c1', '-W2', '-s', String(bytes), ...more, address]);
  // ping compares the payload and says "wrong data byte" when it differs
  return done.status === 0 && !done.stdout.includes('wrong data byte');
}

/** Waits for an event that the filter selects and `accept` takes. */
export function waitForEvent(
  appliance: Appliance,
  filter: LogFilter,
  accept: (entry: LogEntry) => boolean = () => true,
): Promise<LogEntry> {
  return waitUntil(`an event with ${JSON.stringify(filter)}`, async () =>
    (await appliance.client.events.recent.query({ filter, limit: 200 })).find(accept),
  );
}

/** Packets dropped so far, by reason; reasons without a packet are left away. */
export async function drops(appliance: Appliance): Promise<Record<string, number>> {
  const { reasons } = await appliance.client.counters.get.query();
  return Object.fromEntries(reasons.filter((item) => item.packets > 0).map((item) => [item.name, item.packets]));
}
