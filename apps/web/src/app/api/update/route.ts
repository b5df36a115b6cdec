/** An update file on its way from the browser to the daemon: streamed, never kept. */
import { callDaemonUpload } from '@/server/daemon';
import { isOwnRequest, tokenOf } from '@/server/guard';

export const dynamic = 'force-dynamic';

const answer = (status: number, error: string): Response => Response.json({ error }, { status });

export async function PUT(request: Request): Promise<Response> {
  if (!isOwnRequest('PUT', request.headers)) return answer(403, 'this request does not come from the page');
  if (!request.body) return answer(400, 'there is no file');
  const force = new URL(request.url).searchParams.get('force') === '1';
  try {
    const response = await callDaemonUpload(force, tokenOf(request.headers.get('cookie')), request.body);
    return new Response(await response.text(), {
      status: response.status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  } catch (error) {
    console.error(`daemon: ${(error as Error).message}`);
    return answer(503, 'the firewall daemon does not answer, or the connection ended');
  }
}
