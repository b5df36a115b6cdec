/** A configuration with its secrets, from one box to another: opened here, sealed anew there. */
import { type Config, describePath, mapSecrets, parseConfig } from '@gatehouse/config';
import type { Sealer } from '../auth/seal.ts';
import { BackupError, decrypt, encrypt } from './format.ts';

/** `secrets`: the sealed form, as it stands in the configuration, → the secret. */
type Content = { createdAt: string; product: string; config: unknown; secrets: Record<string, string> };

/** @throws BackupError when a secret was not sealed on this box: the backup would lack it */
export async function makeBackup(config: Config, sealer: Sealer, passphrase: string, product: string): Promise<Buffer> {
  const secrets: Record<string, string> = {};
  mapSecrets(config, (sealed, path) => {
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
  const parsed = parseConfig(content.config);
  if (!parsed.ok) {
    const errors = parsed.issues.filter((issue) => issue.severity === 'error');
    throw new BackupError(
      `the backup of version ${content.product} does not fit this one: ${errors
        .map((issue) => `${describePath(content.config, issue.path)} ${issue.message}. ${issue.remedy}`)
        .join(' ')}`,
    );
  }
  return mapSecrets(parsed.config, (sealed, path) => {
    const secret = Object.hasOwn(content.secrets, sealed) ? content.secrets[sealed] : undefined;
    if (secret === undefined) throw new BackupError(`the backup lacks the secret of ${path.join('.')}`);
    return sealer.seal(secret);
  });
}
