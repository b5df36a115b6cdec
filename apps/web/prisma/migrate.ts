/**
 * Applies migrations/<name>/migration.sql at the start of the page's server, with the bookkeeping of `prisma migrate deploy`. Each one runs in
 * a transaction; a changed or half-applied one stops the start.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

type Row = { migration_name: string; checksum: string; finished_at: string | null };

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL,
  "checksum" TEXT NOT NULL,
  "finished_at" DATETIME,
  "migration_name" TEXT NOT NULL,
  "logs" TEXT,
  "rolled_back_at" DATETIME,
  "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

function apply(db: Database.Database, name: string, sql: string, checksum: string): void {
  const id = randomUUID();
  db.prepare('INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES (?, ?, ?, ?)').run(
    id,
    checksum,
    name,
    new Date().toISOString(),
  );
  db.pragma('foreign_keys = OFF'); // has no effect within a transaction, so before it
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(sql);
    if ((db.pragma('foreign_key_check') as unknown[]).length)
      throw new Error(`migration ${name} leaves rows without their parents`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.prepare('UPDATE _prisma_migrations SET logs = ? WHERE id = ?').run(String(error), id);
    throw error;
  }
  db.prepare('UPDATE _prisma_migrations SET finished_at = ?, applied_steps_count = 1 WHERE id = ?').run(
    new Date().toISOString(),
    id,
  );
}

/** Brings the database file up to date; returns the names of the migrations it applied. */
export function migrate(file: string, directory: string): string[] {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    db.exec(BOOKKEEPING);
    const rows = db
      .prepare<[], Row>(
        'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
      )
      .all();
    const known = new Map(rows.map((row) => [row.migration_name, row]));
    const names = readdirSync(directory)
      .filter((name) => existsSync(join(directory, name, 'migration.sql')))
      .sort();
    return names.filter((name) => {
      const sql = readFileSync(join(directory, name, 'migration.sql'), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      const row = known.get(name);
      if (row && row.finished_at === null)
        throw new Error(`migration ${name} failed earlier: restore the database file, or remove it to begin anew`);
      if (row && row.checksum !== checksum) throw new Error(`migration ${name} was changed after it was applied`);
      if (!row) apply(db, name, sql, checksum);
      return !row;
    });
  } finally {
    db.close();
  }
}
