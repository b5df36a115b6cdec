/** gatehouse update: an image into the other slot, from a file or a URL, with its progress. */
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../options.ts';
import type { Client } from './client.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

const LOOK_EVERY_MS = 500;

/** Resolves when the daemon has installed the file; rejects with its reason. */
function upload(socketPath: string, file: string, force: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: `/update${force ? '?force=1' : ''}`, method: 'PUT' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new UsageError((JSON.parse(text) as { error: string }).error));
      });
    });
    // a refused file is not read to its end: the answer tells why
    call.on('error', (error: NodeJS.ErrnoException) => error.code !== 'EPIPE' && reject(error));
    const stream = createReadStream(file);
    stream.on('error', (error) => {
      call.destroy();
      reject(new UsageError(error.message));
    });
    stream.pipe(call);
  });
}

/** Prints how it goes on until it ends. */
async function follow(client: Client): Promise<void> {
  for (let last = ''; ; await sleep(LOOK_EVERY_MS)) {
    const { phase, version, received, total, error } = await client.update.state.query();
    const share = total > 0 ? ` ${Math.floor((100 * received) / total)} %` : '';
    const line = phase === 'receiving' ? `receiving ${version ?? ''}${share}` : `${phase} ${version ?? ''}`;
    if (line !== last && phase !== 'idle') console.error(line);
    last = line;
    if (phase === 'failed') throw new UsageError(error ?? 'the update failed');
    if (phase === 'installed') return;
  }
}

export async function update(client: Client, socket: string, words: string[], force: boolean): Promise<Output> {
  const [what, version] = words;
  if (what === undefined) throw new UsageError('update needs a file, a URL, "slots" or "choose VERSION"');
  if (what === 'slots') {
    const slots = await client.update.slots.query();
    const rows = slots.map((slot) => [
      slot.version,
      slot.state,
      [slot.running && 'runs', slot.next && 'starts next'].filter(Boolean).join(', '),
    ]);
    return { data: slots, text: table(['version', 'state', ''], rows) };
  }
  if (what === 'choose') {
    if (version === undefined) throw new UsageError('update choose needs a version; see update slots');
    await client.update.choose.mutate({ version });
    return { data: { version }, text: `version ${version} starts at the next reboot` };
  }
  if (/^https?:\/\//.test(what)) {
    await client.update.fetch.mutate({ url: what, force });
    await follow(client);
  } else await upload(socket, what, force);
  return { data: await client.update.state.query(), text: 'installed: it starts at the next reboot' };
}
