/** The router over the Unix socket. */
import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import { Agent, fetch } from 'undici';
import type { AppRouter } from '../api/router.ts';

export type Client = ReturnType<typeof createTRPCClient<AppRouter>>;

/** `headers`: with every call. */
export function connect(socketPath: string, headers: Record<string, string> = {}): Client {
  // commits of large rule sets take their time
  const dispatcher = new Agent({ connect: { socketPath }, headersTimeout: 300_000, bodyTimeout: 300_000 });
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: 'http://gatehouse/trpc',
        headers,
        fetch: (url, init) => fetch(url as string, { ...(init as object), dispatcher }) as unknown as Promise<Response>,
      }),
    ],
  });
}

type Problem = { pointer: string; value?: unknown; message: string; remedy: string; severity: string };

/** An error in lines for a person: field, value, remedy. */
export function explainError(error: unknown, socketPath: string): string {
  if (!(error instanceof TRPCClientError)) return error instanceof Error ? error.message : String(error);
  const cause = error.cause as (Error & { code?: string; cause?: { code?: string } }) | undefined;
  const code = cause?.cause?.code ?? cause?.code;
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return `no daemon answers on ${socketPath}; start gatehoused, or name its socket with --socket`;
  const issues = (error.data as { issues?: Problem[] | null } | undefined)?.issues;
  return issues?.length ? formatIssues(issues) : error.message;
}

export function formatIssues(issues: readonly Problem[]): string {
  return issues
    .map(
      (item) =>
        `${item.severity}: ${item.pointer || '/'}${item.value === undefined ? '' : ` (${JSON.stringify(item.value)})`} ${item.message}. ${item.remedy}`,
    )
    .join('\n');
}
