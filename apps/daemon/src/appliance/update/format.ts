/**
 * The update file: a line that names the format, a manifest (one line of JSON), the maker's Ed25519 signature (RFC 8032) over both, and the parts
 * one after the other as the manifest lists them. All hashes are SHA-256 at full length; nothing of a file is used before its signature is checked.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

export const MAGIC = 'gatehouse-update 1';
/** The header's lines are shorter than this: what is longer is no update file. */
export const MAX_LINE = 64 << 10;
const MAX_PART_BYTES = 2 ** 31;

/** The file is not used, and why. Nothing on the box was touched. */
export class UpdateRefused extends Error {
  override name = 'UpdateRefused';
}

const part = z.strictObject({
  name: z.string().regex(/^gatehouse_[0-9.]+(\.(root|verity)\.[0-9a-f]{32}\.raw\.gz|\.efi)$/),
  /** Bytes. */
  size: z.int().positive().max(MAX_PART_BYTES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const manifestSchema = z.strictObject({
  image: z.string(),
  architecture: z.string(),
  version: z.string().regex(/^\d{1,4}(\.\d{1,4}){2}$/),
  parts: z.array(part).min(1).max(8),
});
export type Manifest = z.output<typeof manifestSchema>;

const signedBytes = (manifestLine: string): Buffer => Buffer.from(`${MAGIC}\n${manifestLine}\n`);

/** The header's three lines, each with its end. */
export function headerOf(manifest: Manifest, privateKey: KeyObject): string {
  const line = JSON.stringify(manifestSchema.parse(manifest));
  return `${signedBytes(line)}${sign(null, signedBytes(line), privateKey).toString('base64')}\n`;
}

/**
 * The manifest of a header's lines. `publicKey`: SPKI, PEM.
 * @throws UpdateRefused
 */
export function readHeader(
  lines: readonly [magic: string, manifest: string, signature: string],
  publicKey: string,
): Manifest {
  const [magic, line, signature] = lines;
  if (magic !== MAGIC) throw new UpdateRefused('this is no update file of Gatehouse');
  if (!verify(null, signedBytes(line), createPublicKey(publicKey), Buffer.from(signature, 'base64')))
    throw new UpdateRefused('the signature is not that of the maker of this box: the file is damaged or foreign');
  const manifest = manifestSchema.safeParse(JSON.parse(line));
  if (!manifest.success) throw new UpdateRefused('the manifest is none that this version understands');
  if (manifest.data.image !== 'gatehouse')
    throw new UpdateRefused(`it is for ${manifest.data.image}, not for gatehouse`);
  return manifest.data;
}
