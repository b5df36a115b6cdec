/** The way from the browser to the daemon: adds the token from the cookie, streams both bodies, keeps nothing. */
import { callDaemon } from '@/server/daemon';
import { cookiesFor, errorBody, isOwnRequest, isSecure, MAX_BODY, procedureOf, tokenOf } from '@/server/guard';

export const dynamic = 'force-dynamic';

/** Procedures that answer with a token for the cookie. */
const GIVES_TOKEN = new Set(['auth.login', 'auth.setup']);

function refuse(status: number, code: string, message: string): Response {
  return new Response(errorBody(message, code, status), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

async function forward(request: Request, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  if (!isOwnRequest(request.method, request.headers))
    return refuse(403, 'FORBIDDEN', 'this request does not come from the page');
  const procedure = procedureOf((await params).path);
  if (procedure === null) return refuse(404, 'NOT_FOUND', 'this path names no procedure');
  const body = request.method === 'GET' ? undefined : Buffer.from(await request.arrayBuffer());
  if (body && body.length > MAX_BODY) return refuse(413, 'PAYLOAD_TOO_LARGE', 'the request is larger than 8 MiB');
  const headers: Record<string, string> = { accept: request.headers.get('accept') ?? '*/*' };
  if (body) headers['content-type'] = 'application/json';
  let answer: Awaited<ReturnType<typeof callDaemon>>;
  try {
    answer = await callDaemon(`${procedure}${new URL(request.url).search}`, tokenOf(request.headers.get('cookie')), {
      method: request.method,
      headers,
      body,
      signal: request.signal,
    });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    console.error(`daemon: ${(error as Error).message}`);
    return refuse(503, 'SERVICE_UNAVAILABLE', 'the firewall daemon does not answer; packets go on being forwarded');
  }
  const out = new Headers({
    'content-type': answer.headers.get('content-type') ?? 'application/json',
    'cache-control': 'no-store, no-transform',
  });
  const setCookie = (token: string | null) => {
    for (const value of cookiesFor(token, isSecure(request.headers))) out.append('set-cookie', value);
  };
  if (procedure === 'auth.logout') setCookie(null);
  if (!GIVES_TOKEN.has(procedure) || !answer.ok)
    return new Response(answer.body as ReadableStream | null, { status: answer.status, headers: out });
  const result = (await answer.json()) as { result: { data: { token?: string } } };
  const { token, ...rest } = result.result.data;
  setCookie(token ?? null);
  return Response.json({ result: { data: rest } }, { status: answer.status, headers: out });
}

export { forward as GET, forward as POST };
