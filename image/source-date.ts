import { run } from '../test/lab/process.ts';
import { root } from '../tools/inputs.ts';

/**
 * The time that every file of the image carries, and the earliest that a box without a clock believes in: the last commit's, so that the same
 * sources give the same bytes. Without a repository SOURCE_DATE_EPOCH must say it (reproducible-builds.org).
 */
export async function sourceDate(): Promise<string> {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) return given;
  return (await run(['git', '-C', root, 'log', '-1', '--format=%ct'])).trim();
}
