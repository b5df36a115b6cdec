/** The page is built into a server that needs no npm at run time (output: standalone). */
import { join } from 'node:path';
import type { NextConfig } from 'next';

const repository = join(import.meta.dirname, '..', '..');

const config: NextConfig = {
  output: 'standalone',
  distDir: process.env.GATEHOUSE_DIST ?? '.next',
  outputFileTracingRoot: repository,
  outputFileTracingIncludes: { '/api/store/[...path]': ['../../node_modules/better-sqlite3/prebuilds/**'] },
  turbopack: { root: repository },
  transpilePackages: ['@gatehouse/config'],
  serverExternalPackages: ['better-sqlite3', '@prisma/client', '@prisma/adapter-better-sqlite3', 'undici'],
  poweredByHeader: false,
  devIndicators: false,
  // types are checked by tsc, for the whole repository
  typescript: { ignoreBuildErrors: true },
};

export default config;
