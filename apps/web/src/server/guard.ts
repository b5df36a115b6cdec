/** What protects a login in a browser: where the token lives, and whose requests may use it. Pure. */

export const COOKIE = 'gh_session';
/** Base64url or hex tokens of the daemon: nothing that could end a header. */
const TOKEN = /^[\w-]{16,512}$/;

/** The token in a Cookie header; null when there is none. */
export function tokenOf(cookieHeader: string | null): string | null {
  for (const part of (cookieHeader ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === COOKIE && value && TOKEN.test(value)) return value;
  }
  return null;
}

/** Set-Cookie for a token, or for none. Scripts never see it (HttpOnly), other sites never send it (SameSite=Strict; RFC 6265bis). */
export function cookieFor(token: string | null, secure: boolean): string {
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return token === null ? `${COOKIE}=; Max-Age=0${attributes}` : `${COOKIE}=${token}${attributes}`;
}

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
    return new URL(origin).host === headers.get('host');
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
