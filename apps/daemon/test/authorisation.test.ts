/** Who may call what. A procedure that is new or whose right changed fails here until the table says so (UPDATE_GOLDEN=1 writes it). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseConfig } from '@gatehouse/config';
import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appRouter } from '../src/api/router.ts';
import type { Context, Services } from '../src/api/trpc.ts';
import { Auth } from '../src/auth/auth.ts';
import { Sealer } from '../src/auth/seal.ts';

const GOLDEN = join(import.meta.dirname, 'authorisation.golden.json');
const ROLES = ['read-only', 'operator', 'administrator'] as const;
const PASSWORD = 'correct horse battery';

const stateDir = mkdtempSync(join(tmpdir(), 'gh-unit-'));
const sealer = new Sealer(stateDir);
let config: Config;
const auth = new Auth({ stateDir, sealer, running: () => ({ config }) });
const tokens = new Map<string, string>();

beforeAll(async () => {
  const passwordHash = await auth.sealPassword(PASSWORD);
  const parsed = parseConfig({ users: ROLES.map((role) => ({ name: role, role, passwordHash })) });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  config = parsed.config;
  for (const role of ROLES) tokens.set(role, (await auth.login(role, PASSWORD)).token);
});
afterAll(() => rmSync(stateDir, { recursive: true }));

/** Reaching any service but auth means that the right was granted. */
const services = new Proxy({ auth } as Services, {
  get: (target, key) => {
    if (key === 'auth') return target.auth;
    throw new Error('reached');
  },
});

async function isAllowed(path: string, context: Omit<Context, 'services'>): Promise<boolean> {
  const caller = appRouter.createCaller({ services, ...context }) as unknown as Record<
    string,
    Record<string, (input?: unknown) => Promise<unknown>>
  >;
  const [group, name] = path.split('.') as [string, string];
  try {
    await caller[group]?.[name]?.(undefined);
    return true;
  } catch (error) {
    return !(error instanceof TRPCError && ['UNAUTHORIZED', 'FORBIDDEN'].includes(error.code));
  }
}

it('is as the table says, for every procedure and every kind of caller', async () => {
  const callers: [string, Omit<Context, 'services'>][] = [
    ['nobody', { peerUid: 1000, token: null }],
    ['a wrong token, as root', { peerUid: 0, token: 'x'.repeat(43) }],
    ...ROLES.map((role): [string, Omit<Context, 'services'>] => [
      role,
      { peerUid: 1000, token: tokens.get(role) ?? null },
    ]),
    ['root on the box', { peerUid: 0, token: null }],
  ];
  const table: Record<string, string[]> = {};
  // logging out is last: it ends the login that the others need
  const paths = Object.keys(appRouter._def.procedures).sort((a, b) =>
    a === 'auth.logout' ? 1 : b === 'auth.logout' ? -1 : a < b ? -1 : 1,
  );
  for (const path of paths) {
    table[path] = [];
    for (const [name, context] of callers) if (await isAllowed(path, context)) table[path].push(name);
  }
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, `${JSON.stringify(table, null, 2)}\n`);
  expect(table).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
});

it('a token of a login that ended is nobody', async () => {
  const { token } = await auth.login('administrator', PASSWORD);
  auth.logins.close(token);
  expect(await isAllowed('config.commit', { peerUid: 0, token })).toBe(false);
});
