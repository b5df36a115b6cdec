/** Secure shell on the box: for support, off by default, keys only. */
import { z } from 'zod';
import { text } from '../fields.ts';
import { field, names } from './parts.ts';

const REMEDY = 'Paste one line of a public key file, for example "ssh-ed25519 AAAA... name".';
/** RFC 4253 section 6.6: the blob begins with the length and name of its algorithm. */
const ALGORITHMS = [
  ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'],
  ...['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'],
];
/** NIST SP 800-131A allows 2048; below 3072 the strength is less than the other algorithms'. A blob of e, n and two lengths. */
const MIN_RSA_BLOB_BYTES = 3072 / 8;

/** Bytes of base64 as characters of the same code; empty when it is none. */
function decode(blob: string): string {
  try {
    return btoa(atob(blob)) === blob ? atob(blob) : '';
  } catch {
    return '';
  }
}

/** One public key of OpenSSH's authorized_keys, without options: algorithm, base64, comment. */
export const publicKey = text((value) => {
  const [algorithm = '', blob = '', ...comment] = value.trim().split(/\s+/);
  if (!ALGORITHMS.includes(algorithm)) return { message: 'is not a public key', remedy: REMEDY };
  const bytes = decode(blob);
  if (!bytes.startsWith(`\0\0\0${String.fromCharCode(algorithm.length)}${algorithm}`))
    return { message: 'is a damaged public key', remedy: REMEDY };
  if (algorithm === 'ssh-rsa' && bytes.length < MIN_RSA_BLOB_BYTES)
    return { message: 'is an RSA key of less than 3072 bits', remedy: 'Use an Ed25519 key.' };
  const name = comment.join(' ');
  if (!/^[\x20-\x7e]{0,200}$/.test(name))
    return { message: 'has a comment with unusual characters', remedy: 'Write the comment in plain ASCII.' };
  return [algorithm, blob, name].filter(Boolean).join(' ');
});

export const ssh = z
  .strictObject({
    enabled: field(z.boolean().default(false), 'On', 'A shell for root on the box, from zones that admit ssh.'),
    authorizedKeys: names(publicKey, 'Authorized keys', 'Public keys that may log in. There are no passwords.'),
  })
  .prefault({})
  .meta({ label: 'Secure shell' });
