/** gatehouse backup and restore. Restoring prints a configuration: what runs changes with a commit only. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../options.ts';
import type { Client } from './client.ts';
import type { Output } from './output.ts';

/** The first line of a file; standard input when none is named. Never an argument: those are seen by every process. */
function readPassphrase(file: string | undefined): string {
  if (file === undefined && process.stdin.isTTY) process.stderr.write('passphrase (is shown as you type): ');
  const [line = ''] = readFileSync(file ?? 0, 'utf8').split(/\r?\n/, 1);
  if (line === '') throw new UsageError('the passphrase is empty: write it into --passphrase-file or standard input');
  return line;
}

export async function backup(client: Client, path: string | undefined, passphraseFile?: string): Promise<Output> {
  if (path === undefined) throw new UsageError('backup needs a FILE to write');
  if (existsSync(path)) throw new UsageError(`${path} is there already: name another file`);
  const answer = await client.system.backup.mutate({ passphrase: readPassphrase(passphraseFile) });
  const bytes = Buffer.from(answer.file, 'base64');
  writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
  return {
    data: { file: path, bytes: bytes.length },
    text: `${path}: ${bytes.length} bytes; without the passphrase it is lost`,
  };
}

export async function restore(client: Client, path: string | undefined, passphraseFile?: string): Promise<Output> {
  if (path === undefined) throw new UsageError('restore needs the FILE of a backup');
  const file = readFileSync(path).toString('base64');
  const { config } = await client.system.restore.mutate({ file, passphrase: readPassphrase(passphraseFile) });
  return { data: config, text: JSON.stringify(config, null, 2) };
}
