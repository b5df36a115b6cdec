'use client';
/** A person's changes that are not committed yet: the running configuration, the draft on top of it, and the difference in words. */
import { type Change, type Config, diff, type Issue, type Path, parseConfig, pointerOf } from '@gatehouse/config';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useCommitState } from '@/commit/state';
import { useApi, useStore } from '@/lib/api';
import { useSaveOnLeave } from './save-on-leave';
import { undone } from './undo';

const SAVE_AFTER_MS = 500;

type Draft = {
  running: Config;
  runningRevision: string;
  /** Revision that the changes were made on; another than the running one after somebody else committed. */
  base: string;
  config: Config;
  /** Edits a copy of the draft. */
  change(edit: (config: Config) => void): void;
  replace(config: Config): void;
  /** Everything, or one change, back to what runs. */
  discard(change?: Change): void;
  /** Goes on from what runs now: the difference is then against it. */
  rebase(): void;
  changes: Change[];
  issues: Issue[];
  /** The box's answer to the last check of exactly this draft. */
  setChecked(issues: Issue[]): void;
};

const Context = createContext<Draft | null>(null);

export function useDraft(): Draft {
  const draft = useContext(Context);
  if (!draft) throw new Error('useDraft outside of DraftProvider');
  return draft;
}

/** The first issue at a path or below it. */
export function issueAt(issues: readonly Issue[], path: Path): Issue | undefined {
  const pointer = pointerOf(path);
  return issues.find((issue) => issue.pointer === pointer || issue.pointer.startsWith(`${pointer}/`));
}

export const sentenceOf = (issue: Issue): string => `${issue.message}. ${issue.remedy}`.replace('..', '.');

type Local = { base: string; config: Config };

export function DraftProvider({ children }: { children: ReactNode }) {
  const api = useApi();
  const store = useStore();
  const queries = useQueryClient();
  const running = useQuery(api.config.running.queryOptions());
  const saved = useQuery(store.draft.get.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const [local, setLocal] = useState<Local | null>(null);
  const [checked, setChecked] = useState<Issue[]>([]);
  const save = useMutation(store.draft.save.mutationOptions());
  const drop = useMutation(store.draft.discard.mutationOptions());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const unsaved = useRef<Local | null>(null);

  useEffect(() => {
    if (saved.data) setLocal((now) => now ?? (saved.data as Local));
  }, [saved.data]);

  const runningConfig = running.data?.config as Config | undefined;
  const runningRevision = running.data?.revision ?? '';

  const put = useCallback(
    (next: Local) => {
      setLocal(next);
      setChecked([]);
      clearTimeout(timer.current);
      unsaved.current = next;
      timer.current = setTimeout(() => {
        unsaved.current = null;
        save.mutate(next);
      }, SAVE_AFTER_MS);
    },
    [save.mutate],
  );
  useSaveOnLeave(unsaved);

  const value = useMemo((): Draft | null => {
    if (!runningConfig) return null;
    const config = local?.config ?? runningConfig;
    const base = local?.base ?? runningRevision;
    const parsed = parseConfig(config);
    return {
      running: runningConfig,
      runningRevision,
      base,
      config,
      change(edit) {
        const next = structuredClone(config);
        edit(next);
        put({ base, config: next });
      },
      replace: (next) => put({ base, config: next }),
      discard(change) {
        if (change) {
          put({ base, config: undone(config, runningConfig, change) });
          return;
        }
        clearTimeout(timer.current);
        unsaved.current = null;
        setLocal(null);
        setChecked([]);
        drop.mutate(undefined, { onSuccess: () => queries.setQueryData(store.draft.get.queryKey(), null) });
      },
      rebase: () => put({ base: runningRevision, config }),
      // as the box will keep it: another spelling is no change
      changes: diff(runningConfig, parsed.ok ? parsed.config : config),
      issues: [
        ...parsed.issues,
        ...checked.filter(
          (item) => !parsed.issues.some((own) => own.pointer === item.pointer && own.message === item.message),
        ),
      ],
      setChecked,
    };
  }, [runningConfig, runningRevision, local, checked, put, drop.mutate, queries, store]);

  // A draft that became what runs is done with; not during a test, because it comes back when the test is undone.
  const { state } = useCommitState();
  const settled = state?.pending === null && state.running === runningRevision;
  const done = local !== null && settled && value?.changes.length === 0;
  useEffect(() => {
    if (done) value?.discard();
  }, [done, value]);

  return <Context.Provider value={value}>{value ? children : null}</Context.Provider>;
}
