'use client';
/** What every browser knows about the commit that waits for a decision. One stream for the whole page. */
import type { AppRouter } from '@gatehouse/daemon/router';
import { useQueryClient } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { useSubscription } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { useApi, useVisible } from '@/lib/api';

export type CommitState = inferRouterOutputs<AppRouter>['config']['state'];
type Known = {
  state: CommitState | null;
  /** Box's clock minus ours, ms. */
  offset: number;
};

const Context = createContext<Known>({ state: null, offset: 0 });
export const useCommitState = (): Known => useContext(Context);

export function CommitProvider({ children }: { children: ReactNode }) {
  const api = useApi();
  const queries = useQueryClient();
  const visible = useVisible();
  const [known, setKnown] = useState<Known>({ state: null, offset: 0 });
  useSubscription(
    api.config.onState.subscriptionOptions(undefined, {
      enabled: visible,
      onData: (state) => {
        setKnown((before) => {
          if (before.state?.running !== state.running || before.state?.boot !== state.boot)
            void queries.invalidateQueries({ queryKey: [['config']] });
          return { state, offset: state.serverTime - Date.now() };
        });
      },
    }),
  );
  return <Context.Provider value={known}>{children}</Context.Provider>;
}
