/** The management page's own ports and certificate. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';
import { missing } from './lookup.ts';

export function checkManagementWeb({ management: { web }, certificates }: Config): Issue[] {
  const { port, tls } = web;
  if (!tls.enabled) return [];
  const issues: Issue[] = [];
  const at = (key: string) => ['management', 'web', 'tls', key];
  if (tls.port === port)
    issues.push(issue(at('port'), port, 'is the port without TLS too', 'Choose another one for one of them.'));
  if (tls.certificate === undefined) return issues;
  const chosen = certificates.find((item) => item.name === tls.certificate);
  if (!chosen) {
    const known = certificates.map((item) => item.name);
    issues.push(missing(at('certificate'), tls.certificate, 'certificate', known));
  } else if (chosen.privateKey === undefined)
    issues.push(
      issue(
        at('certificate'),
        chosen.name,
        'has no private key',
        `Set the private key of ${chosen.name}, or choose another.`,
      ),
    );
  return issues;
}
