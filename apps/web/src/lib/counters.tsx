'use client';
/** The box's counters, once a second, one stream for all that a page shows of them. */
import type { AppRouter } from '@gatehouse/daemon/router';
import type { inferRouterOutputs } from '@trpc/server';
import { useSubscription } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { useApi, useVisible } from './api';

export type Counters = inferRouterOutputs<AppRouter>['counters']['get'];
/** Two snapshots in a row: rates are their difference. */
export type Pair = { now: Counters; before: Counters | null };

const Value = createContext<Pair | null>(null);
const Demand = createContext<(wants: 1 | -1) => void>(() => {});

export function CountersProvider({ children }: { children: ReactNode }) {
  const api = useApi();
  const visible = useVisible();
  const [users, setUsers] = useState(0);
  const [pair, setPair] = useState<Pair | null>(null);
  const demand = useRef((wants: 1 | -1) => setUsers((now) => now + wants)).current;
  useSubscription(
    api.counters.watch.subscriptionOptions(undefined, {
      enabled: visible && users > 0,
      onData: (now) => setPair((last) => ({ now, before: last?.now ?? null })),
    }),
  );
  return (
    <Demand.Provider value={demand}>
      <Value.Provider value={pair}>{children}</Value.Provider>
    </Demand.Provider>
  );
}

export function useCounterPair(): Pair | null {
  const demand = useContext(Demand);
  useEffect(() => {
    demand(1);
    return () => demand(-1);
  }, [demand]);
  return useContext(Value);
}

export const useCounters = (): Counters | null => useCounterPair()?.now ?? null;

/** Growth per second between the two snapshots; 0 for the first one and after a reset. */
export function rate(pair: Pair, read: (counters: Counters) => number): number {
  if (!pair.before) return 0;
  const seconds = (pair.now.time - pair.before.time) / 1000;
  return seconds > 0 ? Math.max(0, (read(pair.now) - read(pair.before)) / seconds) : 0;
}
