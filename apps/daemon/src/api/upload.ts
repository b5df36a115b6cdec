/**
 * PUT /update: an update file as the body, for administrators; too large for a procedure. Answers with JSON, `{ version }` or `{ error }`, when the
 * image is installed or refused.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { UpdateRefused } from '../appliance/update/format.ts';
import { type Context, callerOf } from './trpc.ts';
import { updatesOf } from './update.ts';

const STATUS: Partial<Record<TRPCError['code'], number>> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  PRECONDITION_FAILED: 412,
};

function statusOf(error: unknown): number {
  if (error instanceof UpdateRefused) return 400;
  return (error instanceof TRPCError && STATUS[error.code]) || 500;
}

export async function uploadUpdate(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
): Promise<void> {
  let status = 200;
  let answer: { version: string } | { error: string };
  try {
    const caller = callerOf(context);
    if (!caller) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'log in first' });
    if (caller.role !== 'administrator')
      throw new TRPCError({ code: 'FORBIDDEN', message: `this needs the role administrator; you are ${caller.role}` });
    const force = new URL(request.url ?? '/', 'http://gatehouse').searchParams.get('force') === '1';
    // the connection must live on for the answer
    const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
    answer = { version: await updatesOf(context.services).install(chunks, force) };
  } catch (error) {
    status = statusOf(error);
    answer = { error: (error as Error).message };
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  request.resume(); // the rest of a refused file goes nowhere
}
