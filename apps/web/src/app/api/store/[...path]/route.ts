/** The page's own store, for people who are logged in. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { ensureOwnBox } from '@/server/box';
import { queryDaemon } from '@/server/daemon';
import { errorBody, isOwnRequest, MAX_BODY, tokenOf } from '@/server/guard';
import { storeRouter } from '@/server/store';

export const dynamic = 'force-dynamic';

async function handle(request: Request): Promise<Response> {
  if (!isOwnRequest(request.method, request.headers))
    return new Response(errorBody('this request does not come from the page', 'FORBIDDEN', 403), { status: 403 });
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY)
    return new Response(errorBody('the request is larger than 8 MiB', 'PAYLOAD_TOO_LARGE', 413), { status: 413 });
  const token = tokenOf(request.headers.get('cookie'));
  const user = token === null ? null : await queryDaemon<{ name: string }>('auth.me', token).catch(() => null);
  if (user) await ensureOwnBox();
  return fetchRequestHandler({
    endpoint: '/api/store',
    req: request,
    router: storeRouter,
    createContext: () => ({ owner: user?.name ?? null, token }),
  });
}

export { handle as GET, handle as POST };
