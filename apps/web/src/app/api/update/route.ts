/** An update file on its way to the daemon: streamed, never held here. Answers as the daemon does, `{ version }` or `{ error }`. */
import type { BodyInit } from 'undici';
import { requestDaemon } from '@/server/daemon';
import { isOwnRequest, tokenOf } from '@/server/guard';

export const dynamic = 'force-dynamic';

const answerOf = (status: number, error: string): Response =>
  Response.json({ error }, { status, headers: { 'cache-control': 'no-store' } });

export async function PUT(request: Request): Promise<Response> {
  if (!isOwnRequest(request.method, request.headers)) return answerOf(403, 'this request does not come from the page');
  const token = tokenOf(request.headers.get('cookie'));
  if (token === null) return answerOf(401, 'log in first');
  if (request.body === null) return answerOf(400, 'the file is empty');
  const force = new URL(request.url).searchParams.get('force') === '1';
  try {
    const answer = await requestDaemon(`update${force ? '?force=1' : ''}`, token, {
      method: 'PUT',
      body: request.body as unknown as BodyInit,
      duplex: 'half',
      signal: request.signal,
    });
    return Response.json(await answer.json(), { status: answer.status, headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    console.error(`update: ${(error as Error).message}`);
    return answerOf(503, 'the connection to the firewall daemon ended before the file was taken; send it again');
  }
}
