import { statSync } from 'node:fs';
import { join } from 'node:path';
import { tryRun } from '../test/lab/process.ts';
import { root } from '../tools/inputs.ts';

/**
 * The time that every file of the image carries, and the earliest that a box without a clock believes in, in seconds since 1970: SOURCE_DATE_EPOCH
 * (reproducible-builds.org), else the last commit's, so that the same sources give the same bytes; else, without a repository, the lock file's.
 */
export async function sourceDate(): Promise<string> {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) return given;
  const log = ['git', '-c', 'safe.directory=*', '-C', root, 'log', '-1', '--format=%ct'];
  const time = (await tryRun(log).catch(() => null))?.stdout.trim();
  if (time) return time;
  return String(Math.floor(statSync(join(root, 'package-lock.json')).mtimeMs / 1000));
}
