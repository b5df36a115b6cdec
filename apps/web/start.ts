/**
 * Starts the page's server: brings the store up to date, then serves. Environment: GATEHOUSE_SOCKET (the daemon's socket), GATEHOUSE_DB (file of the
 * store), HOSTNAME, PORT (until the daemon says where the configuration wants the page), GATEHOUSE_PAGE_SOCKET (for the TLS front).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, openFront, openSocket } from './front.ts';
import { migrate } from './prisma/migrate.ts';

const here = import.meta.dirname;

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`start: the environment variable ${name} is not set`);
  process.exit(1);
}

const socket = required('GATEHOUSE_SOCKET');
for (const name of migrate(required('GATEHOUSE_DB'), join(here, '../../migrations')))
  console.log(`store: migration ${name} applied`);
const server = join(here, '.next/standalone/apps/web/server.js');
if (!existsSync(server)) {
  console.error('start: the page is not built; run npm run build');
  process.exit(1);
}
const { HOSTNAME: host = '::', PORT: firstPort = '8080' } = process.env;
const behind = await freePort();
process.env.HOSTNAME = '127.0.0.1';
process.env.PORT = String(behind);
await import(server);
if (process.env.GATEHOUSE_PAGE_SOCKET) await openSocket(process.env.GATEHOUSE_PAGE_SOCKET, behind);
await openFront(host, Number(firstPort), behind, socket);
