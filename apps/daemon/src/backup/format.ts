/**
 * The backup file: one authenticated piece under a passphrase.
 *
 *     8  "GHBACKUP"      1  version      16  salt      12  nonce      4  length of the body (big endian)      16  key check
 *     body: AES-256-GCM ciphertext      16  tag; the whole header is authenticated with it
 *
 * A version fixes the key derivation, so that a file can not ask for more work than the version allows. Version 1: scrypt, N = 2^17, r = 8, p = 1
 * (128 MiB), 48 bytes: key and key check. The key check tells a wrong passphrase from a damaged body; it costs a guesser no less than the tag would.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export class BackupError extends Error {
  override name = 'BackupError';
}

const MAGIC = Buffer.from('GHBACKUP');
const VERSION = 1;
const SALT = 16;
const NONCE = 12;
const KEY = 32;
const CHECK = 16;
const TAG = 16;
const AT = { version: 8, salt: 9, nonce: 9 + SALT, length: 9 + SALT + NONCE, check: 13 + SALT + NONCE };
const HEADER = AT.check + CHECK;
const SCRYPT = { N: 1 << 17, r: 8, p: 1, maxmem: 256 << 20 };

/** Normalised (NFC): keyboards write the same letter in several ways. */
function derive(passphrase: string, salt: Buffer): Promise<{ key: Buffer; check: Buffer }> {
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, KEY + CHECK, SCRYPT, (error, bytes) =>
      error ? reject(error) : resolve({ key: bytes.subarray(0, KEY), check: bytes.subarray(KEY) }),
    ),
  );
}

export async function encrypt(content: string, passphrase: string): Promise<Buffer> {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const { key, check } = await derive(passphrase, salt);
  const text = Buffer.from(content, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION]), salt, nonce, length, check]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(header);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([header, body, cipher.getAuthTag()]);
}

/** @throws BackupError with the reason for a file that is foreign, newer, cut off or altered, and for a wrong passphrase */
export async function decrypt(file: Buffer, passphrase: string): Promise<string> {
  const start = file.subarray(0, MAGIC.length);
  if (file.length === 0) throw new BackupError('the file is empty');
  if (!MAGIC.subarray(0, start.length).equals(start)) throw new BackupError('this is no backup of a Gatehouse');
  if (file.length < HEADER) throw new BackupError('the file is cut off within its header');
  const version = file.readUInt8(AT.version);
  if (version !== VERSION)
    throw new BackupError(`the backup has format ${version}, this box reads ${VERSION}: update this box`);
  const expected = HEADER + file.readUInt32BE(AT.length) + TAG;
  if (file.length < expected) throw new BackupError(`the file is cut off: ${file.length} of ${expected} bytes`);
  if (file.length > expected) throw new BackupError(`the file was altered: ${file.length - expected} bytes too many`);
  const { key, check } = await derive(passphrase, file.subarray(AT.salt, AT.nonce));
  if (!timingSafeEqual(check, file.subarray(AT.check, HEADER)))
    throw new BackupError('the passphrase is wrong (or the header of the file was altered)');
  const decipher = createDecipheriv('aes-256-gcm', key, file.subarray(AT.nonce, AT.length));
  decipher.setAAD(file.subarray(0, HEADER));
  decipher.setAuthTag(file.subarray(expected - TAG));
  try {
    const body = decipher.update(file.subarray(HEADER, expected - TAG));
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    throw new BackupError('the file was altered: nothing of it was taken');
  }
}
