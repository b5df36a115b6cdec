/** The SQLite store, opened once per process. */
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaClient } from '@/generated/prisma/client';

let client: PrismaClient | undefined;

export function database(): PrismaClient {
  client ??= new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: `file:${process.env.GATEHOUSE_DB}` }) });
  return client;
}
