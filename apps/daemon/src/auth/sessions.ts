/** Logins. Tokens are random; only their SHA-256 is kept, in memory and in a file of mode 0600, so that a restart logs nobody out. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readText, writeDurably } from '../state/files.ts';

type Login = { user: string; createdAt: number; usedAt: number; credential: string };

const ABSOLUTE_MS = 12 * 3600_000;
const PER_USER = 20;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export class Logins {
  private readonly path: string;
  private readonly logins: Map<string, Login>;
  private readonly watchers = new Set<() => void>();

  constructor(stateDir: string) {
    this.path = join(stateDir, 'logins.json');
    this.logins = new Map(JSON.parse(readText(this.path) ?? '[]') as [string, Login][]);
  }

  private save(): void {
    writeDurably(this.path, JSON.stringify([...this.logins]));
  }

  /** `credential`: the user's sealed password; the login ends when it changes. */
  open(user: string, credential: string): { token: string; expiresAt: number } {
    const token = randomBytes(32).toString('base64url');
    const now = Date.now();
    const own = [...this.logins].filter(([, login]) => login.user === user).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [hash] of own.slice(0, Math.max(0, own.length - PER_USER + 1))) this.logins.delete(hash);
    this.logins.set(hashOf(token), { user, createdAt: now, usedAt: now, credential: hashOf(credential) });
    this.save();
    return { token, expiresAt: now + ABSOLUTE_MS };
  }

  /** The login behind a token, if it did not end. Counts as a use. */
  find(token: string, idleMinutes: number): { user: string; credential: string } | null {
    const hash = hashOf(token);
    const login = this.logins.get(hash);
    const now = Date.now();
    if (!login) return null;
    if (now - login.createdAt > ABSOLUTE_MS || now - login.usedAt > idleMinutes * 60_000) {
      this.end(hash);
      return null;
    }
    login.usedAt = now;
    return { user: login.user, credential: login.credential };
  }

  matches(login: { credential: string }, credential: string): boolean {
    return login.credential === hashOf(credential);
  }

  private end(hash: string): void {
    if (!this.logins.delete(hash)) return;
    this.save();
    for (const watcher of this.watchers) watcher();
  }

  close(token: string): void {
    this.end(hashOf(token));
  }

  closeAllOf(user: string): void {
    for (const [hash, login] of [...this.logins]) if (login.user === user) this.end(hash);
  }

  /** Calls back when a login ended. */
  watch(onEnd: () => void): () => void {
    this.watchers.add(onEnd);
    return () => this.watchers.delete(onEnd);
  }
}
