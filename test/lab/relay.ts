/** A door from the machine into a lab: a listening socket of the machine, served by a process inside the namespace. */
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { recordProcess } from './leftovers.ts';
import type { Place } from './names.ts';
import { endAll, identify } from './process.ts';

export type Relay = { port: number; close: () => Promise<void> };

/**
 * Listens on 127.0.0.1 of the machine and relays to an address as seen from a place of the lab.
 * @param ports tried in order; 0 = any free one
 * @throws Error when none of the ports is free
 */
export async function openRelay(
  lab: Lab,
  place: Place,
  target: { host: string; port: number },
  ports: readonly number[],
): Promise<Relay> {
  const server = createServer({ allowHalfOpen: true });
  let problem: Error | undefined;
  for (const port of ports) {
    problem = await new Promise<Error | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen({ host: '127.0.0.1', port }, () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!problem) break;
  }
  if (problem) throw new Error(`no free port among ${ports.join(', ')} on 127.0.0.1: ${problem.message}`);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  // nsenter replaces itself by node, so that the IPC channel stays with it
  const worker = fork(join(import.meta.dirname, 'relay-worker.ts'), [target.host, String(target.port)], {
    execPath: '/usr/bin/nsenter',
    execArgv: [`--net=/run/netns/${lab.namespace(place)}`, '--', process.execPath],
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const id = worker.pid === undefined ? null : identify(worker.pid);
  if (!id) throw new Error('the relay could not be started');
  recordProcess(lab.name, id);
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the relay ended at once')));
    worker.once('message', () => resolve());
    worker.send('serve', server, (error) => error && reject(error));
  });
  server.close(); // the worker has its own copy
  return { port: address.port, close: () => endAll([id]) };
}
