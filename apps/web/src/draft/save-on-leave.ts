'use client';
/** A reload or a closed window must not lose what was typed in the moment before. */
import { type RefObject, useEffect } from 'react';

/** Fetch standard, section 4.6: requests that outlive their page carry at most 64 KiB together. */
const OUTLIVES_BYTES = 60_000;

/** Sends what is not saved yet when the page goes; the request outlives it. */
export function useSaveOnLeave(unsaved: RefObject<object | null>): void {
  useEffect(() => {
    const onLeave = () => {
      if (!unsaved.current) return;
      const body = new Blob([JSON.stringify(unsaved.current)], { type: 'application/json' });
      unsaved.current = null;
      // nobody is left to hear of a failure
      fetch('/api/store/draft.save', { method: 'POST', body, keepalive: body.size <= OUTLIVES_BYTES }).catch(() => {});
    };
    addEventListener('pagehide', onLeave);
    return () => removeEventListener('pagehide', onLeave);
  }, [unsaved]);
}
