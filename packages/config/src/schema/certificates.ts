/** Certificates of the box and their keys (RFC 5280, RFC 7468): what its services prove themselves with. */
import { objectName, text } from '../fields.ts';
import { field, list, sealed, withId } from './parts.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----/g;
const REMEDY = 'Paste the PEM file: from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.';

/** RFC 7468 section 5: certificates in lines of 64 characters, the box's own first, whatever stood around them left away. */
export const certificateChain = text((value) => {
  if (value.includes('PRIVATE KEY-----'))
    return { message: 'contains a private key', remedy: 'Set the key in its own field: there it is sealed.' };
  const blocks = [...value.matchAll(BLOCK)].map(([, body = '']) => body.replace(/\s+/g, ''));
  if (blocks.length === 0) return { message: 'is no PEM certificate', remedy: REMEDY };
  // DER: a SEQUENCE of two length bytes
  if (blocks.some((body) => !body.startsWith('MII')))
    return { message: 'is a damaged PEM certificate', remedy: REMEDY };
  return blocks
    .map((body) =>
      ['-----BEGIN CERTIFICATE-----', ...(body.match(/.{1,64}/g) ?? []), '-----END CERTIFICATE-----'].join('\n'),
    )
    .join('\n');
});

const certificate = withId({
  name: field(objectName, 'Name'),
  certificate: certificateChain.meta({
    label: 'Certificate',
    help: 'PEM. The certificate first, then those of the authorities in between.',
    multiline: true,
  }),
  privateKey: sealed('Private key', 'private-key', 'PEM, without a passphrase. Sealed by the box.').optional(),
});

export const certificates = list(certificate, 'Certificates', { object: 'Certificate', key: 'name' });
