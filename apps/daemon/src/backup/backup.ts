/** A configuration with its secrets, from one box to another: opened here, sealed anew there. */
import { type Config, describePath, type Path, parseConfig } from '@gatehouse/config';
import type { Sealer } from '../auth/seal.ts';
import { BackupError, decrypt, encrypt } from './format.ts';

/** `secrets`: the sealed form, as it stands in the configuration, → the secret. */
type Content = { createdAt: string; product: string; config: unknown; secrets: Record<string, string> };

const SEALED = /^sealed:v1:/;

/** A copy with every sealed secret replaced. */
function mapSealed(value: unknown, path: Path, replace: (sealed: string, path: Path) => string): unknown {
  if (typeof value === 'string') return SEALED.test(value) ? replace(value, path) : value;
  if (Array.isArray(value)) return value.map((item, index) => mapSealed(item, [...path, index], replace));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapSealed(item, [...path, key], replace)]),
  );
}

/** @throws BackupError when a secret was not sealed on this box: the backup would lack it */
export async function makeBackup(config: Config, sealer: Sealer, passphrase: string, product: string): Promise<Buffer> {
  const secrets: Record<string, string> = {};
  mapSealed(config, [], (sealed, path) => {
    const secret = sealer.open(sealed);
    if (secret === null)
      throw new BackupError(`${describePath(config, path)} was not sealed on this box: set it anew, then back up`);
    secrets[sealed] = secret;
    return sealed;
  });
  const content: Content = { createdAt: new Date().toISOString(), product, config, secrets };
  return encrypt(JSON.stringify(content), passphrase);
}

/**
 * The configuration of a backup, its secrets sealed for this box. Applies nothing.
 * @throws BackupError with the reason when the file, its passphrase or its configuration is no good
 */
export async function openBackup(file: Buffer, sealer: Sealer, passphrase: string): Promise<Config> {
  const content = JSON.parse(await decrypt(file, passphrase)) as Content;
  const raw = mapSealed(content.config, [], (sealed, path) => {
    const secret = Object.hasOwn(content.secrets, sealed) ? content.secrets[sealed] : undefined;
    if (secret === undefined) throw new BackupError(`the backup lacks the secret of ${path.join('.')}`);
    return sealer.seal(secret);
  });
  const parsed = parseConfig(raw);
  if (parsed.ok) return parsed.config;
  const errors = parsed.issues.filter((issue) => issue.severity === 'error');
  throw new BackupError(
    `the backup of version ${content.product} does not fit this one: ${errors
      .map((issue) => `${describePath(raw, issue.path)} ${issue.message}. ${issue.remedy}`)
      .join(' ')}`,
  );
}
