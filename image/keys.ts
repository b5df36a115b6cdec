/**
 * The keys of a build: Secure Boot (signs the boot loader and the kernel images) and updates (signs update files). A maker gives a directory in
 * GATEHOUSE_KEYS; without it the build makes test keys and keeps them in the cache: good for trying, not for boxes of others.
 */
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from './chroot.ts';

export const KEY_FILES = {
  secureBootKey: 'secure-boot.key',
  secureBootCertificate: 'secure-boot.crt',
  updateKey: 'update.key',
} as const;

/** Directory with all keys; throws when a given one lacks a file. */
export function keyDirectory(): string {
  const given = process.env.GATEHOUSE_KEYS;
  if (given !== undefined) {
    for (const name of Object.values(KEY_FILES))
      if (!existsSync(join(given, name))) throw new Error(`GATEHOUSE_KEYS: ${name} is missing in ${given}`);
    return given;
  }
  const directory = join(cache, 'keys');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(directory, name);
  if (!existsSync(at(KEY_FILES.secureBootCertificate))) {
    const done = spawnSync('/usr/bin/openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-sha256', '-days', '3650', '-subj', '/CN=Gatehouse test'],
      ...['-keyout', at(KEY_FILES.secureBootKey), '-out', at(KEY_FILES.secureBootCertificate)],
    ]);
    if (done.status !== 0) throw new Error(`openssl: ${done.stderr?.toString().trim() || done.error?.message}`);
  }
  if (!existsSync(at(KEY_FILES.updateKey))) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(at(KEY_FILES.updateKey), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  return directory;
}

/** What boxes check update files with: SPKI, PEM. */
export function updatePublicKey(directory: string): string {
  const key = createPublicKey(readFileSync(join(directory, KEY_FILES.updateKey)));
  return key.export({ type: 'spki', format: 'pem' }) as string;
}
