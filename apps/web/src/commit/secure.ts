import type { Config } from '@gatehouse/config';
import { httpsUrl } from '@/lib/https';

/**
 * Where the page is over HTTPS, for a browser that came without; null when there is nowhere to go. Kept, the configuration makes the plain page
 * only lead there, and what this browser asks for in the background would be lost.
 */
export function secureHome({ tls }: Config['management']['web']): string | null {
  if (location.protocol !== 'http:' || !tls.enabled) return null;
  return httpsUrl(location.hostname, tls.port, location.pathname);
}
