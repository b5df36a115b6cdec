/** Who is calling: users of the running configuration, their passwords and logins, the setup token, the local administrator. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Config, Role } from '@gatehouse/config';
import { hash, verify } from '@node-rs/argon2';
import { readText, removeDurably, writeDurably } from '../state/files.ts';
import { Lockout } from './lockout.ts';
import type { Sealer } from './seal.ts';
import { Logins } from './sessions.ts';

export type Caller = { name: string; role: Role };

export class AuthError extends Error {
  override name = 'AuthError';
  /** Milliseconds to wait before the next try. */
  readonly waitMs: number;
  constructor(message: string, waitMs = 0) {
    super(message);
    this.waitMs = waitMs;
  }
}

const MIN_PASSWORD = 10;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'; // without look-alikes

const equal = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

export class Auth {
  private readonly sealer: Sealer;
  private readonly running: () => { config: Config } | null;
  private readonly lockout = new Lockout();
  private readonly tokenPath: string;
  private setup: string | null = null;
  private decoy: Promise<string> | undefined;
  readonly logins: Logins;

  constructor(options: { stateDir: string; sealer: Sealer; running: () => { config: Config } | null }) {
    this.sealer = options.sealer;
    this.running = options.running;
    this.logins = new Logins(options.stateDir);
    this.tokenPath = join(options.stateDir, 'setup-token');
  }

  private config(): Config | undefined {
    return this.running()?.config;
  }

  /** Is there nobody yet who could log in? */
  get setupRequired(): boolean {
    return !this.config()?.users.length;
  }

  /** The one-time token of the first run, as long as there is no user. */
  setupToken(): string | null {
    if (!this.setupRequired) {
      if (this.setup !== null || readText(this.tokenPath) !== null) removeDurably(this.tokenPath);
      this.setup = null;
      return null;
    }
    this.setup ??= readText(this.tokenPath);
    if (this.setup === null) {
      const letters = Array.from(randomBytes(12), (byte) => LETTERS[byte % LETTERS.length]).join('');
      this.setup = (letters.match(/.{4}/g) ?? []).join('-');
      writeDurably(this.tokenPath, this.setup);
    }
    return this.setup;
  }

  /** Checks the setup token and returns the user entry that shall be committed. */
  async firstUser(token: string, name: string, password: string): Promise<Config['users'][number]> {
    const wait = this.lockout.wait('setup');
    if (wait) throw new AuthError('too many wrong tokens; wait a moment', wait);
    const expected = this.setupToken();
    if (expected === null) throw new AuthError('the box is set up already; log in');
    if (!equal(token.trim().toUpperCase(), expected)) {
      this.lockout.failed('setup');
      throw new AuthError('the setup token is wrong; it stands on the console of the box');
    }
    return { id: name, name, role: 'administrator', passwordHash: await this.sealPassword(password), disabled: false };
  }

  /** Hashes (argon2id, RFC 9106) and seals a password. */
  async sealPassword(password: string): Promise<string> {
    if (password.length < MIN_PASSWORD)
      throw new AuthError(`the password is too short; use at least ${MIN_PASSWORD} characters`);
    return this.sealer.seal(await hash(password));
  }

  /** Unknown and known users take the same time: a decoy is verified for the unknown. */
  async login(name: string, password: string): Promise<{ token: string; expiresAt: number; user: Caller }> {
    const wait = this.lockout.wait(name);
    if (wait) throw new AuthError('too many failed logins; wait a moment', wait);
    // counted as failed until it is proven good: tries at the same time can not all slip through before the first is judged
    this.lockout.failed(name);
    this.decoy ??= hash(randomBytes(16).toString('hex'));
    const user = this.config()?.users.find((item) => item.name === name && !item.disabled);
    const stored = user ? this.sealer.open(user.passwordHash) : null;
    const good = await verify(stored ?? (await this.decoy), password).catch(() => false);
    if (!user || !stored || !good) throw new AuthError('user name or password is wrong');
    this.lockout.succeeded(name);
    return { ...this.logins.open(user.name, user.passwordHash), user: { name: user.name, role: user.role } };
  }

  /** The user has another password: old logins end, and failed tries are forgotten. */
  passwordSet(name: string): void {
    this.logins.closeAllOf(name);
    this.lockout.succeeded(name);
  }

  /** The caller behind a token, judged by the configuration that runs now. */
  caller(token: string): Caller | null {
    const config = this.config();
    const login = config && this.logins.find(token, config.management.sessionIdleMinutes);
    const user = login && config.users.find((item) => item.name === login.user && !item.disabled);
    return user && this.logins.matches(login, user.passwordHash) ? { name: user.name, role: user.role } : null;
  }
}
