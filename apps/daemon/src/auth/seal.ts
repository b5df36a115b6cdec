/** Sealing of secrets: AES-256-GCM under a key that only this daemon can read. What leaves the daemon is the sealed form. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readText, writeDurably } from '../state/files.ts';

const NONCE = 12;
const TAG = 16;

export class Sealer {
  private readonly key: Buffer;

  /** Reads the key of a state directory, making it on first use. */
  constructor(stateDir: string) {
    const path = join(stateDir, 'key');
    const known = readText(path);
    if (known) this.key = Buffer.from(known, 'base64');
    else {
      this.key = randomBytes(32);
      writeDurably(path, this.key.toString('base64'));
    }
  }

  /** `sealed:v1:<base64 of nonce, tag, ciphertext>:<fingerprint>`; the fingerprint names the sealed value, not the secret. */
  seal(secret: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    const bytes = Buffer.concat([nonce, cipher.getAuthTag(), body]);
    return `sealed:v1:${bytes.toString('base64')}:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  }

  /** The secret; null when it was sealed on another box or altered. */
  open(sealed: string): string | null {
    const match = /^sealed:v1:([A-Za-z0-9+/=]+):[0-9a-f]+$/.exec(sealed);
    const bytes = Buffer.from(match?.[1] ?? '', 'base64');
    if (bytes.length <= NONCE + TAG) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE));
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
