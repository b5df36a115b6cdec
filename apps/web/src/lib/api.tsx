'use client';
/** Typed calls to the daemon and to the page's own store. */
import type { Issue } from '@gatehouse/config';
import type { AppRouter } from '@gatehouse/daemon/router';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import type { StoreRouter } from '@/server/store';

const daemon = createTRPCContext<AppRouter>();
const store = createTRPCContext<StoreRouter>();
export const useApi = daemon.useTRPC;
export const useStore = store.useTRPC;

type ErrorData = { code?: string; issues?: Issue[] | null; waitMs?: number | null };
const dataOf = (error: unknown): ErrorData =>
  error instanceof TRPCClientError ? ((error.data ?? {}) as ErrorData) : {};

/** The procedure's code, as CONFLICT; undefined when no procedure answered. */
export const codeOf = (error: unknown): string | undefined => dataOf(error).code;
export const isUnauthorized = (error: unknown): boolean => dataOf(error).code === 'UNAUTHORIZED';
export const issuesOf = (error: unknown): Issue[] => dataOf(error).issues ?? [];

/** An error as a sentence for a person. */
export function messageOf(error: unknown): string {
  const { waitMs } = dataOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (waitMs) return `${message} (${Math.ceil(waitMs / 1000)} s)`;
  return message === 'Failed to fetch' ? 'The box does not answer. Is it reachable from here?' : message;
}

function newClients() {
  const toLogin = (error: unknown) => {
    if (isUnauthorized(error) && !/^\/(login|setup)/.test(location.pathname))
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  return {
    queries: new QueryClient({
      queryCache: new QueryCache({ onError: toLogin }),
      defaultOptions: {
        queries: { retry: (count, error) => count < 2 && !dataOf(error).code, refetchOnWindowFocus: false },
      },
    }),
    daemon: createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (operation) => operation.type === 'subscription',
          true: httpSubscriptionLink({ url: '/api/daemon' }),
          false: httpLink({ url: '/api/daemon' }),
        }),
      ],
    }),
    store: createTRPCClient<StoreRouter>({ links: [httpLink({ url: '/api/store' })] }),
  };
}

export function ApiProvider({ children }: { children: ReactNode }) {
  const [clients] = useState(newClients);
  return (
    <QueryClientProvider client={clients.queries}>
      <daemon.TRPCProvider trpcClient={clients.daemon} queryClient={clients.queries}>
        <store.TRPCProvider trpcClient={clients.store} queryClient={clients.queries}>
          {children}
        </store.TRPCProvider>
      </daemon.TRPCProvider>
    </QueryClientProvider>
  );
}

function subscribeVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/** Is the window seen? Streams of hidden windows are closed: a browser opens six connections to a server, no more. */
export function useVisible(): boolean {
  return useSyncExternalStore(
    subscribeVisibility,
    () => document.visibilityState === 'visible',
    () => false,
  );
}

/** The time, anew every second. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
