/** Backups: what comes back, and that nothing comes back from a file that is foreign, damaged or not ours to open. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, emptyConfig } from '@gatehouse/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sealer } from '../src/auth/seal.ts';
import { makeBackup, openBackup } from '../src/backup/backup.ts';
import { decrypt, encrypt } from '../src/backup/format.ts';

const PASSPHRASE = 'seven steps of the stair';
const SECRET = '$argon2id$canary-of-a-hash';
const directories = ['one', 'other'].map((name) => mkdtempSync(join(tmpdir(), `gh-unit-${name}-`)));
const [here, there] = directories.map((directory) => new Sealer(directory)) as [Sealer, Sealer];
let config: Config;
let file: Buffer;

beforeAll(async () => {
  const user = {
    id: 'anna',
    name: 'anna',
    role: 'administrator' as const,
    disabled: false,
    passwordHash: here.seal(SECRET),
  };
  config = { ...emptyConfig(), users: [user] };
  file = await makeBackup(config, here, PASSPHRASE, '1.2.3');
});
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

const sealedOf = (restored: Config): string => restored.users[0]?.passwordHash ?? '';
/** The file with one bit turned over. */
function flipped(at: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
const opened = (bytes: Buffer, passphrase = PASSPHRASE) => openBackup(bytes, there, passphrase);

describe('a backup', () => {
  it('comes back on another box, its secrets sealed for that one', async () => {
    const restored = await opened(file);
    expect(there.open(sealedOf(restored))).toBe(SECRET);
    expect(here.open(sealedOf(restored))).toBe(null);
    expect({ ...restored, users: [] }).toEqual({ ...config, users: [] });
  });

  it('shows nothing: neither secret nor configuration, and no two are alike', async () => {
    expect(file.includes('canary')).toBe(false);
    expect(file.includes('anna')).toBe(false);
    const second = await makeBackup(config, here, PASSPHRASE, '1.2.3');
    expect(second.subarray(9, 25)).not.toEqual(file.subarray(9, 25));
  });

  it('is not made when a secret is of another box', async () => {
    await expect(makeBackup(config, there, PASSPHRASE, '1.2.3')).rejects.toThrow(/was not sealed on this box/);
  });
});

describe('is refused, with the reason', () => {
  it('a wrong passphrase, by one letter', async () => {
    await expect(opened(file, `${PASSPHRASE}s`)).rejects.toThrow(/passphrase is wrong/);
  });

  it('a foreign file, an empty one, one of a newer format', async () => {
    await expect(opened(Buffer.from('PK\u0003\u0004 something else'))).rejects.toThrow('no backup of a Gatehouse');
    await expect(opened(Buffer.alloc(0))).rejects.toThrow('empty');
    const newer = Buffer.from(file);
    newer.writeUInt8(2, 8);
    await expect(opened(newer)).rejects.toThrow('format 2, this box reads 1');
  });

  it('a file cut off anywhere, and one with a byte too many', async () => {
    for (const length of [4, 8, 20, 56, 57, 100, file.length - 16, file.length - 1])
      await expect(opened(file.subarray(0, length))).rejects.toThrow(/cut off/);
    await expect(opened(Buffer.concat([file, Buffer.alloc(1)]))).rejects.toThrow('1 bytes too many');
  });

  it('one bit turned over in each part of it', async () => {
    await expect(opened(flipped(0))).rejects.toThrow('no backup of a Gatehouse');
    await expect(opened(flipped(9))).rejects.toThrow(/passphrase is wrong.*header/); // salt
    await expect(opened(flipped(25))).rejects.toThrow('was altered'); // nonce
    await expect(opened(flipped(40))).rejects.toThrow(/cut off|altered/); // length
    await expect(opened(flipped(41))).rejects.toThrow(/passphrase is wrong.*header/); // key check
    await expect(opened(flipped(57))).rejects.toThrow('was altered'); // body
    await expect(opened(flipped(file.length - 1))).rejects.toThrow('was altered'); // tag
  });

  it('a configuration that this version does not know', async () => {
    const content = { createdAt: '', product: '9.9.9', config: { ...config, warpDrive: {} }, secrets: {} };
    const users: unknown[] = [];
    const strange = await encrypt(JSON.stringify({ ...content, config: { ...content.config, users } }), PASSPHRASE);
    await expect(opened(strange)).rejects.toThrow(/version 9\.9\.9 does not fit.*warpDrive/);
    const lacking = await encrypt(JSON.stringify({ ...content, config }), PASSPHRASE);
    await expect(opened(lacking)).rejects.toThrow('lacks the secret of users.0.passwordHash');
    expect(await decrypt(strange, PASSPHRASE)).toContain('warpDrive');
  });
});
