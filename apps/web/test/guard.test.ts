import { describe, expect, it } from 'vitest';
import { cookiesFor, isOwnRequest, procedureOf, tokenOf } from '../src/server/guard.ts';

const TOKEN = 'a'.repeat(43);

describe('the login cookie', () => {
  it('is found among others, and nothing that is no token is taken', () => {
    expect(tokenOf(`theme=dark; gh_session=${TOKEN}; x=y`)).toBe(TOKEN);
    expect(tokenOf('gh_session=')).toBeNull();
    expect(tokenOf('gh_session=<script>')).toBeNull();
    expect(tokenOf(`not_gh_session=${TOKEN}`)).toBeNull();
    expect(tokenOf(null)).toBeNull();
  });
  it('is hidden from scripts and other sites, and only sent over HTTPS where there is HTTPS', () => {
    expect(cookiesFor(TOKEN, false)).toEqual([`gh_session=${TOKEN}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(cookiesFor(TOKEN, true)[0]).toBe(`__Host-gh_session=${TOKEN}; Path=/; HttpOnly; SameSite=Strict; Secure`);
    expect(cookiesFor(null, false)[0]).toContain('Max-Age=0');
  });
  it('over HTTPS takes the place of the one from before, also at logout', () => {
    const old = 'b'.repeat(43);
    expect(tokenOf(`gh_session=${old}; __Host-gh_session=${TOKEN}`)).toBe(TOKEN);
    expect(tokenOf(`gh_session=${old}`)).toBe(old);
    for (const token of [TOKEN, null]) expect(cookiesFor(token, true)[1]).toMatch(/^gh_session=; Max-Age=0/);
  });
});

describe('paths', () => {
  it('name one procedure; what hides a login behind another name is refused', () => {
    expect(procedureOf(['auth.login'])).toBe('auth.login');
    for (const path of [['auth.login,auth.me'], ['auth.login?x=1'], ['auth', 'login'], ['auth.login#'], [''], ['../x']])
      expect(procedureOf(path)).toBeNull();
  });
});

describe('requests', () => {
  const headers = (more: Record<string, string>) => new Headers({ host: 'box:8080', ...more });
  it.each([
    ['POST', { origin: 'http://box:8080' }, true],
    ['POST', { origin: 'http://evil.example' }, false],
    ['POST', { origin: 'http://box:9090' }, false],
    ['POST', { origin: 'null' }, false],
    ['POST', {}, false],
    ['POST', { origin: 'http://box:8080', 'sec-fetch-site': 'cross-site' }, false],
    ['POST', { origin: 'https://box:8080' }, false],
    ['POST', { origin: 'https://box:8080', 'x-forwarded-proto': 'https' }, true],
    ['POST', { origin: 'http://box:8080', 'x-forwarded-proto': 'https' }, false],
    ['GET', {}, true],
    ['GET', { 'sec-fetch-site': 'cross-site' }, false],
    ['GET', { 'sec-fetch-site': 'same-origin' }, true],
  ] as const)('%s with %j: %s', (method, more, own) => {
    expect(isOwnRequest(method, headers(more))).toBe(own);
  });
});
