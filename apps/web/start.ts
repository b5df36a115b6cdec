/**
 * Starts the page's server: brings the store up to date, then serves. Environment: GATEHOUSE_SOCKET (the daemon's socket), GATEHOUSE_DB (file of the
 * store), PORT, HOSTNAME.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from './prisma/migrate.ts';

const here = import.meta.dirname;

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`start: the environment variable ${name} is not set`);
  process.exit(1);
}

required('GATEHOUSE_SOCKET');
for (const name of migrate(required('GATEHOUSE_DB'), join(here, '../../migrations')))
  console.log(`store: migration ${name} applied`);
const server = join(here, '.next/standalone/apps/web/server.js');
if (!existsSync(server)) {
  console.error('start: the page is not built; run npm run build');
  process.exit(1);
}
process.env.PORT ??= '8080';
await import(server);
