/** The certificate of the page (RFC 5280): one that the box makes for itself, and what is to be said of any. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath, run } from '../../process/run.ts';
import { readText } from '../../state/files.ts';

/** The longest that all browsers take. */
const DAYS = 825;
const DAY_MS = 86_400_000;
/** What has less left is made anew when the box starts the next time. */
const RENEW_MS = 60 * DAY_MS;

export type CertificateFacts = {
  subject: string;
  issuer: string;
  /** "DNS:gatehouse, IP Address:192.168.1.1" */
  names: string;
  /** Milliseconds since 1970. */
  validFrom: number;
  validTo: number;
  /** SHA-256 over the certificate's DER form: "AB:CD:…", what browsers show. */
  fingerprint: string;
  /** Made by the box itself. */
  own: boolean;
};

/** The first certificate of a PEM text. @throws Error when it is none */
export function describeCertificate(pem: string, own: boolean): CertificateFacts {
  const found = new X509Certificate(pem);
  return {
    subject: found.subject.replaceAll('\n', ', '),
    issuer: found.issuer.replaceAll('\n', ', '),
    names: found.subjectAltName ?? '',
    validFrom: found.validFromDate.getTime(),
    validTo: found.validToDate.getTime(),
    fingerprint: found.fingerprint256,
    own,
  };
}

/** Why a certificate and a key can not serve together; null when they can. */
export function pairTrouble(
  chain: string,
  key: string,
): { field: 'certificate' | 'privateKey'; message: string } | null {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(chain);
  } catch {
    return { field: 'certificate', message: 'can not be read as a certificate' };
  }
  try {
    if (certificate.checkPrivateKey(createPrivateKey(key))) return null;
  } catch {
    return { field: 'privateKey', message: 'can not be read as a private key' };
  }
  return { field: 'privateKey', message: 'does not belong to the certificate' };
}

const settings = (hostName: string, addresses: readonly string[]) => `[req]
distinguished_name = name
x509_extensions = server
prompt = no
[name]
O = Gatehouse
CN = ${hostName}
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = ${[`DNS:${hostName}`, ...addresses.map((address) => `IP:${address}`)].join(', ')}
`;

export class OwnCertificate {
  readonly certificate: string;
  readonly key: string;
  private readonly directory: string;

  constructor(stateDir: string) {
    this.directory = join(stateDir, 'web-front');
    this.certificate = join(this.directory, 'certificate.pem');
    this.key = join(this.directory, 'key.pem');
  }

  private usable(): boolean {
    const [chain, key] = [readText(this.certificate), readText(this.key)];
    if (chain === null || key === null || pairTrouble(chain, key) !== null) return false;
    return describeCertificate(chain, true).validTo - Date.now() > RENEW_MS;
  }

  /** Makes it when there is none, or none that is good for long. Its key never leaves the box. */
  async ensure(hostName: string, addresses: readonly string[]): Promise<void> {
    if (this.usable()) return;
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const config = join(this.directory, 'request.cnf');
    writeFileSync(config, settings(hostName, addresses), { mode: 0o600 });
    try {
      await run(programPath('openssl'), [
        ...['req', '-x509', '-config', config, '-days', String(DAYS), '-sha256', '-noenc'],
        ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', this.key, '-out', this.certificate],
      ]);
    } finally {
      rmSync(config, { force: true });
    }
  }

  read(): CertificateFacts | null {
    const chain = readText(this.certificate);
    return chain === null ? null : describeCertificate(chain, true);
  }
}
