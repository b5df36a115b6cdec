/** HTTP on a Unix socket for the router: body limits, the peer's uid, subscriptions as server-sent events. */
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { peerCredentials } from '@gatehouse/native';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { appRouter } from './api/router.ts';
import type { Context, Services } from './api/trpc.ts';
import { uploadUpdate } from './api/upload.ts';

const MAX_BODY = 8 << 20;
const MAX_CONNECTIONS = 512;
/** Node has one limit for all requests: an image over a slow line takes its time. */
const UPLOAD_MS = 1_800_000;

/** uid of the process that connected; null when it can not be told. */
function uidOf(socket: Socket): number | null {
  const fd = (socket as unknown as { _handle?: { fd?: number } })._handle?.fd;
  try {
    return fd === undefined || fd < 0 ? null : peerCredentials(fd).uid;
  } catch {
    return null;
  }
}

function tokenOf(request: IncomingMessage): string | null {
  return /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Starts listening. `group`: gid that may connect beside root (the web server's), if any. */
export function serve(services: Services, socketPath: string, group: number | null): Promise<Server> {
  const uids = new WeakMap<Socket, number | null>();
  const contextOf = (request: IncomingMessage): Context => ({
    services,
    peerUid: uids.get(request.socket) ?? null,
    // an Authorization header that is no token must not fall back to the peer's rights
    token: request.headers.authorization === undefined ? null : (tokenOf(request) ?? ''),
    atConsole: request.headers['x-gatehouse-console'] === '1',
  });
  const handler = createHTTPHandler({
    router: appRouter,
    maxBodySize: MAX_BODY,
    // one call, one answer: what stands in front looks at the procedure's name
    allowBatching: false,
    createContext: ({ req }) => contextOf(req),
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') console.error(`${path ?? '?'}: ${error.message}`, error.cause ?? '');
    },
  });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'PUT' && /^\/update(\?|$)/.test(request.url ?? '')) {
      void uploadUpdate(request, response, contextOf(request));
      return;
    }
    request.url = request.url?.replace(/^\/trpc/, '');
    handler(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 10_000;
  server.requestTimeout = UPLOAD_MS;
  server.on('connection', (socket) => uids.set(socket, uidOf(socket)));
  rmSync(socketPath, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o660);
      if (group !== null) chownSync(socketPath, 0, group);
      resolve(server);
    });
  });
}
