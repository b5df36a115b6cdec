/** Prisma's command line, for development and CI only: its schema engine runs as WebAssembly, nothing is downloaded. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(new URL('./prisma/schema-engine.mjs', import.meta.url));

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: '../../migrations' },
  datasource: { url: process.env.GATEHOUSE_DB ? `file:${process.env.GATEHOUSE_DB}` : 'file:./development.db' },
});
