/** Whose store this is. After a factory reset the daemon has another box id: the store of the box before it is emptied. */
import { readFileSync, writeFileSync } from 'node:fs';
import { queryDaemon } from './daemon';
import { database } from './database';

const file = (): string => `${process.env.GATEHOUSE_DB}.box`;
let known: string | null = null;
let queue: Promise<void> = Promise.resolve();

function readKnown(): string | null {
  try {
    return readFileSync(file(), 'utf8');
  } catch {
    return null; // a store that was never bound belongs to the box that it meets
  }
}

async function bind(boxId: string): Promise<void> {
  known ??= readKnown();
  if (known === boxId) return;
  if (known !== null) {
    const db = database();
    await db.$transaction([db.draft.deleteMany(), db.revision.deleteMany(), db.savedView.deleteMany()]);
    await db.$executeRawUnsafe('VACUUM'); // deleted rows would still stand in the file
  }
  writeFileSync(file(), boxId, { mode: 0o600 });
  known = boxId;
}

/** Empties the store when it is another box's. One after the other: two windows may ask at the same time. */
export async function ensureOwnBox(): Promise<void> {
  const state = await queryDaemon<{ boxId: string }>('system.state', null);
  if (!state) return;
  const turn = queue.then(() => bind(state.boxId));
  queue = turn.catch(() => {});
  await turn;
}
