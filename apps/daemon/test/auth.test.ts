import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, emptyConfig, parseConfig } from '@gatehouse/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Auth } from '../src/auth/auth.ts';
import { Lockout } from '../src/auth/lockout.ts';
import { Sealer } from '../src/auth/seal.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'gh-unit-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

describe('sealed secrets', () => {
  it('open on the box that sealed them, and on no other', () => {
    const sealed = new Sealer(stateDir).seal('secret');
    expect(sealed).not.toContain('secret');
    expect(new Sealer(stateDir).open(sealed)).toBe('secret');
    expect(new Sealer(join(stateDir, 'other')).open(sealed)).toBeNull();
  });
  it('do not open after a change of one character', () => {
    const sealer = new Sealer(stateDir);
    const sealed = sealer.seal('secret');
    const at = 15;
    const altered = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
    expect(sealer.open(altered)).toBeNull();
  });
});

describe('lockout', () => {
  it('doubles the wait after five failures, and forgets after a success', () => {
    let now = 0;
    const lockout = new Lockout(() => now);
    for (let i = 0; i < 4; i++) lockout.failed('eve');
    expect(lockout.wait('eve')).toBe(0);
    lockout.failed('eve');
    expect(lockout.wait('eve')).toBe(1000);
    now = 1000;
    lockout.failed('eve');
    expect(lockout.wait('eve')).toBe(2000);
    expect(lockout.wait('alice')).toBe(0);
    lockout.succeeded('eve');
    expect(lockout.wait('eve')).toBe(0);
  });
});

describe('the setup token', () => {
  it('makes one administrator and then is worth nothing', async () => {
    let config: Config = emptyConfig();
    const auth = new Auth({ stateDir, sealer: new Sealer(stateDir), running: () => ({ config }) });
    const token = auth.setupToken() ?? '';
    expect(token.length).toBeGreaterThanOrEqual(12);
    await expect(auth.firstUser('WRONG-TOKEN-WRONG', 'admin', 'long enough pass')).rejects.toThrow();
    const user = await auth.firstUser(token, 'admin', 'long enough pass');
    expect(user.role).toBe('administrator');
    const parsed = parseConfig({ ...config, users: [user] });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    config = parsed.config;
    await expect(auth.firstUser(token, 'second', 'long enough pass')).rejects.toThrow();
    expect(auth.setupToken()).toBeNull();
    expect((await auth.login('admin', 'long enough pass')).user.name).toBe('admin');
  });

  it('refuses a short password', async () => {
    const auth = new Auth({ stateDir, sealer: new Sealer(stateDir), running: () => ({ config: emptyConfig() }) });
    await expect(auth.firstUser(auth.setupToken() ?? '', 'admin', 'short')).rejects.toThrow(/10/);
  });
});

describe('guessing', () => {
  it('at the same time gets no further than one after the other', async () => {
    const auth = new Auth({ stateDir, sealer: new Sealer(stateDir), running: () => ({ config: emptyConfig() }) });
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => auth.login('admin', 'a guess at it')));
    const judged = tries.filter((item) => item.status === 'rejected' && item.reason.waitMs === 0);
    expect(judged).toHaveLength(5);
  });
});

describe('login', () => {
  it('tells neither a wrong name nor a wrong password, and takes no disabled user', async () => {
    const sealer = new Sealer(stateDir);
    let config = emptyConfig();
    const auth = new Auth({ stateDir, sealer, running: () => ({ config }) });
    const passwordHash = await auth.sealPassword('long enough pass');
    const users = [
      { name: 'ann', role: 'operator', passwordHash },
      { name: 'bob', role: 'operator', passwordHash, disabled: true },
    ];
    const parsed = parseConfig({ users: [{ name: 'root', role: 'administrator', passwordHash }, ...users] });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    config = parsed.config;
    const messageOf = (name: string, password: string) =>
      auth.login(name, password).then(
        () => 'ok',
        (error: Error) => error.message,
      );
    expect(await messageOf('ann', 'long enough pass')).toBe('ok');
    const wrong = await messageOf('ann', 'another password');
    expect(await messageOf('nobody', 'long enough pass')).toBe(wrong);
    expect(await messageOf('bob', 'long enough pass')).toBe(wrong);
  });
});
