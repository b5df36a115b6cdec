import { describe, expect, it } from 'vitest';
import { cookieFor, isOwnRequest, procedureOf, tokenOf } from '../src/server/guard.ts';

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
    expect(cookieFor(TOKEN, false)).toBe(`gh_session=${TOKEN}; Path=/; HttpOnly; SameSite=Strict`);
    expect(cookieFor(TOKEN, true)).toMatch(/; Secure$/);
    expect(cookieFor(null, false)).toContain('Max-Age=0');
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
    ['GET', {}, true],
    ['GET', { 'sec-fetch-site': 'cross-site' }, false],
    ['GET', { 'sec-fetch-site': 'same-origin' }, true],
  ] as const)('%s with %j: %s', (method, more, own) => {
    expect(isOwnRequest(method, headers(more))).toBe(own);
  });
});
