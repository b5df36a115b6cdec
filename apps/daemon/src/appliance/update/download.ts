/** Update files from a URL. */
import { UpdateRefused } from './format.ts';

const DOWNLOAD_MS = 1_800_000;

/**
 * The body of a URL's answer. Whoever takes it ends it (`return`), also early and unread: the connection closes with it.
 * @throws UpdateRefused when there is no such file
 */
export async function download(url: string): Promise<AsyncIterator<Uint8Array>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) }).catch((error: Error) => {
    const reason = (error.cause as Error | undefined)?.message ?? error.message;
    throw new UpdateRefused(`${url} can not be fetched: ${reason}`);
  });
  const { body } = response;
  if (!response.ok || !body) {
    await body?.cancel();
    throw new UpdateRefused(`${url} answers ${response.status}`);
  }
  return body[Symbol.asyncIterator]();
}
