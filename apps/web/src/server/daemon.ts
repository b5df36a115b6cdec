/** The daemon's socket. This process has no rights of its own: it passes the browser's token on. */
import { Agent, fetch, type RequestInit, type Response } from 'undici';

// subscriptions are quiet for as long as nothing happens
const agent = new Agent({
  connect: { socketPath: process.env.GATEHOUSE_SOCKET ?? '/run/gatehouse/gatehouse.sock' },
  headersTimeout: 0,
  bodyTimeout: 0,
});

/** A request on the daemon's socket. Rejects when nobody answers there. */
export function requestDaemon(pathAndQuery: string, token: string | null, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers as HeadersInit | undefined);
  headers.delete('authorization');
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return fetch(`http://gatehouse/${pathAndQuery}`, {
    ...init,
    headers: Object.fromEntries(headers),
    dispatcher: agent,
  });
}

/** A call of a procedure. Rejects when nobody answers on the socket. */
export function callDaemon(pathAndQuery: string, token: string | null, init: RequestInit = {}): Promise<Response> {
  return requestDaemon(`trpc/${pathAndQuery}`, token, init);
}

/** Result of a query without input; null when the daemon refuses. */
export async function queryDaemon<T>(procedure: string, token: string | null, input?: unknown): Promise<T | null> {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  const response = await callDaemon(`${procedure}${query}`, token);
  if (!response.ok) {
    await response.body?.cancel();
    return null;
  }
  return ((await response.json()) as { result: { data: T } }).result.data;
}
