/**
 * The doors of the page, whose server only listens on the loopback: a port that the running configuration names, and a socket for the TLS front.
 * With TLS the port only leads there. A commit that moves the page is followed at once, and its undoing too.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, get } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { httpsUrl } from './src/lib/https.ts';

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

type Wanted = { port: number; tlsPort: number | null; tlsOnly: boolean };

/** What the daemon's configuration wants; null when the daemon does not answer. */
function wantedDoors(socketPath: string): Promise<Wanted | null> {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/trpc/system.state', timeout: ASK_EVERY_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        try {
          const { data } = (JSON.parse(text) as { result: { data: Omit<Wanted, 'port'> & { webPort: number } } })
            .result;
          resolve({ port: data.webPort, tlsPort: data.tlsPort, tlsOnly: data.tlsOnly });
        } catch {
          resolve(null);
        }
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

/** Passes a connection on to the page's server. */
function passOn(client: Socket, behind: number): void {
  const inner = connect({ host: '127.0.0.1', port: behind, allowHalfOpen: true });
  client.pipe(inner).pipe(client);
  for (const [one, other] of [
    [client, inner],
    [inner, client],
  ] as const)
    one.on('error', () => other.destroy()).on('close', () => other.destroy());
}

function listening(server: Server, where: { host: string; port: number } | { path: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** The way to the same page over HTTPS (RFC 9110 section 15.4.9: the method stays); null when the request does not say to whom it spoke. */
export function secureAddress(host: string | undefined, path: string, tlsPort: number): string | null {
  try {
    const { hostname } = new URL(`http://${host ?? ''}`);
    return hostname ? httpsUrl(hostname, tlsPort, path.startsWith('/') ? path : '/') : null;
  } catch {
    return null;
  }
}

/** The socket of the TLS front, which writes X-Forwarded-Proto itself. */
export async function openSocket(path: string, behind: number): Promise<void> {
  rmSync(path, { force: true });
  await listening(
    createServer({ allowHalfOpen: true }, (client) => passOn(client, behind)),
    { path },
  );
  chmodSync(path, 0o666); // as open as the port is: the front has a user of its own
}

/** Opens the door and keeps it where the configuration wants it. A port that can not be had leaves it where it is. */
export async function openFront(host: string, firstPort: number, behind: number, socketPath: string): Promise<void> {
  let wanted: Wanted = (await wantedDoors(socketPath)) ?? { port: firstPort, tlsPort: null, tlsOnly: false };
  const leads = createHttpServer((request, response) => {
    const to = secureAddress(request.headers.host, request.url ?? '/', wanted.tlsPort ?? 443);
    response.writeHead(to ? 308 : 400, to ? { location: to } : {}).end();
  });
  const open = (port: number) =>
    listening(
      createServer({ allowHalfOpen: true }, (client) => {
        if (wanted.tlsPort !== null && wanted.tlsOnly) leads.emit('connection', client);
        else passOn(client, behind);
      }),
      { host, port },
    );
  let server = await open(wanted.port);
  setInterval(async () => {
    const next = await wantedDoors(socketPath);
    if (next === null) return;
    const { port } = wanted;
    wanted = { ...next, port };
    if (next.port === port) return;
    try {
      const moved = await open(next.port);
      server.close();
      server = moved;
      console.log(`the page moved from port ${port} to ${next.port}`);
      wanted = next;
    } catch (error) {
      console.error(`the page can not listen on port ${next.port}: ${(error as Error).message}; it stays on ${port}`);
    }
  }, ASK_EVERY_MS);
}
