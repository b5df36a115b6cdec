/** What protects a login in a browser: where the token lives, and whose requests may use it. Pure. */

const PLAIN = 'gh_session';
/** A name that no page over plain HTTP can set (RFC 6265bis, cookie name prefixes). */
const SECURE = '__Host-gh_session';
/** Base64url or hex tokens of the daemon: nothing that could end a header. */
const TOKEN = /^[\w-]{16,512}$/;

/** The token in a Cookie header, that of HTTPS before one from the time before TLS was switched on; null when there is none. */
export function tokenOf(cookieHeader: string | null): string | null {
  const cookies = new Map(
    (cookieHeader ?? '').split(';').map((part) => part.trim().split('=') as [string, string | undefined]),
  );
  return [SECURE, PLAIN].map((name) => cookies.get(name)).find((value) => value && TOKEN.test(value)) ?? null;
}

/**
 * Values of Set-Cookie for a token, or for none. Scripts never see it (HttpOnly), other sites never send it (SameSite=Strict; RFC 6265bis). Over
 * HTTPS the cookie from before goes.
 */
export function cookiesFor(token: string | null, secure: boolean): string[] {
  const common = 'Path=/; HttpOnly; SameSite=Strict';
  const cookie = (name: string, value: string | null) =>
    `${name}=${value ?? ''}; ${value === null ? 'Max-Age=0; ' : ''}${common}${name === SECURE ? '; Secure' : ''}`;
  return secure ? [cookie(SECURE, token), cookie(PLAIN, null)] : [cookie(PLAIN, token)];
}

/** Did the browser speak HTTPS? The TLS front says so; who says it of himself without one only harms himself. */
export const isSecure = (headers: Headers): boolean => headers.get('x-forwarded-proto') === 'https';

/**
 * Is this request one that our own page made? Browsers send Origin with every POST; Sec-Fetch-Site only over HTTPS. A GET without either
 * changes nothing, and other sites' requests never carry the cookie.
 */
export function isOwnRequest(method: string, headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return false;
  const origin = headers.get('origin');
  if (origin === null) return method === 'GET';
  try {
    const { protocol, host } = new URL(origin);
    return host === headers.get('host') && protocol === (isSecure(headers) ? 'https:' : 'http:');
  } catch {
    return false;
  }
}

/** Large configurations fit; nothing else needs more. */
export const MAX_BODY = 8 * 1024 * 1024;

/** The one procedure that a path names; null = none. Anything else in it could reach the daemon as another call than the one looked at here. */
export function procedureOf(path: readonly string[]): string | null {
  const [name, ...more] = path;
  return name && !more.length && /^[A-Za-z]+\.[A-Za-z]+$/.test(name) ? name : null;
}

/** An error in the form of tRPC's HTTP protocol, so that the page shows it like every other. */
export function errorBody(message: string, code: string, httpStatus: number): string {
  return JSON.stringify({ error: { message, code: -32603, data: { code, httpStatus, issues: null, waitMs: null } } });
}
