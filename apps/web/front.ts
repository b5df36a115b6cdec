/**
 * The door of the page: listens on the port that the running configuration names and passes connections on to the page's server, which only
 * listens on the loopback. A commit that moves the page is followed at once, and its undoing too.
 */
import { get } from 'node:http';
import { connect, createServer, type Server } from 'node:net';

const ASK_EVERY_MS = 1000;

/** A free port of the loopback, for the server behind. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** The port that the daemon's configuration names; null when the daemon does not answer. */
function wantedPort(socketPath: string): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/trpc/system.state', timeout: ASK_EVERY_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        try {
          resolve((JSON.parse(text) as { result: { data: { webPort: number } } }).result.data.webPort);
        } catch {
          resolve(null);
        }
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function listen(host: string, port: number, behind: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const inner = connect({ host: '127.0.0.1', port: behind, allowHalfOpen: true });
    client.pipe(inner).pipe(client);
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** Opens the door and keeps it where the configuration wants it. A port that can not be had leaves it where it is. */
export async function openFront(host: string, firstPort: number, behind: number, socketPath: string): Promise<void> {
  let port = (await wantedPort(socketPath)) ?? firstPort;
  let server = await listen(host, port, behind);
  setInterval(async () => {
    const wanted = await wantedPort(socketPath);
    if (wanted === null || wanted === port) return;
    try {
      const next = await listen(host, wanted, behind);
      server.close();
      server = next;
      console.log(`the page moved from port ${port} to ${wanted}`);
      port = wanted;
    } catch (error) {
      console.error(`the page can not listen on port ${wanted}: ${(error as Error).message}; it stays on ${port}`);
    }
  }, ASK_EVERY_MS);
}
