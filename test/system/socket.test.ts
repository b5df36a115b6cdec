/** The daemon's socket under garbage: it answers every honest request afterwards and keeps nothing open. */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS } from '../lab/names.ts';
import { waitUntil } from '../lab/wait.ts';
import { ping, useAppliance } from './fixture.ts';

const bench = useAppliance('socket', baseConfig());

/** Sends bytes and closes its side, hangs up at once, or listens for some seconds; the answer. */
function throwAt(bytes: Buffer | string, { hangUp = false, seconds = 0 } = {}): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(bench.appliance.socket, () => {
      socket.write(bytes);
      if (hangUp) socket.destroy();
      else if (seconds) setTimeout(() => socket.destroy(), seconds * 1000);
      else socket.end();
    });
    socket.on('data', (part) => parts.push(part as Buffer));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  });
}

const post = (path: string, body: string, length = Buffer.byteLength(body)): string =>
  `POST /trpc/${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const client = () => bench.appliance.client;
const honest = () => client().system.status.query();
const descriptors = () => readdirSync(`/proc/${bench.appliance.daemonPid}/fd`).length;

describe('garbage', () => {
  it('random bytes, cut requests and broken JSON harm nothing', async () => {
    await honest();
    const before = descriptors();
    for (let i = 0; i < 60; i++) {
      await throwAt(randomBytes(1 + ((i * 997) % 5000)));
      await throwAt(post('config.commit', '{"config":', 5000), { hangUp: true });
    }
    expect(statusOf(await throwAt(post('config.commit', '{"config": {]')))).toBe(400);
    expect(statusOf(await throwAt(post('no.such', '{}')))).toBe(404);
    expect(statusOf(await throwAt(post('config.commit', '{"config":{},"base":null,"surprise":1}')))).toBe(400);
    expect((await honest()).generation).toBeGreaterThan(0);
    await waitUntil('the descriptors of the daemon to be closed', () => descriptors() <= before + 2);
  });

  it('a body beyond the limit is refused', async () => {
    const answer = await throwAt(post('config.check', JSON.stringify({ config: 'x'.repeat(9 << 20) })));
    expect(statusOf(answer)).toBe(413);
    expect((await honest()).subsystems.every((item) => item.state === 'ok')).toBe(true);
  });

  it('a token that is none never falls back to the rights of root', async () => {
    const request = (token: string) =>
      `GET /trpc/config.running HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
    for (const token of ['', 'x', 'x'.repeat(43), '../../etc'])
      expect(statusOf(await throwAt(request(token)))).toBe(401);
  });
});

describe('the stream of the log', () => {
  it('goes on behind the entry that a reader saw last', async () => {
    await ping(bench.lab, 'lan', HOSTS.dmz.ip4);
    await ping(bench.lab, 'lan', HOSTS.dmz.ip4);
    const [newest, older] = await client().events.recent.query({ limit: 2 });
    const input = encodeURIComponent(JSON.stringify({ lastEventId: older?.id }));
    const answer = await throwAt(
      `GET /trpc/events.watch?input=${input} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`,
      {
        seconds: 1,
      },
    );
    expect(answer).toContain(`id: ${newest?.id}`);
    expect(answer).not.toContain(`id: ${older?.id}`);
  });
});
