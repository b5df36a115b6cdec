/** The predefined applications and host services of packages/config in the form that the compiler takes. */
import { type Config, clientServices, hostServices, predefinedApplications } from '@gatehouse/config';
import type { ApplicationTerm } from './compile/resolve.ts';
import type { Catalogue } from './plan.ts';

type ServiceTerm = (typeof hostServices)[number]['terms'][number] & { lastPort?: number };

function toTerms(term: ServiceTerm, config: Config): ApplicationTerm[] {
  const result: ApplicationTerm = { protocol: term.protocol };
  if (term.icmpType !== undefined) result.icmpType = term.icmpType;
  if (term.port === undefined) return [result];
  const { port, tls } = config.management.web;
  const ports = term.port === 'web' ? [port, ...(tls.enabled ? [tls.port] : [])] : [term.port];
  return ports.map((first) => ({ ...result, destinationPort: `${first}-${term.lastPort ?? first}` }));
}

export const catalogue: Catalogue = {
  applications: predefinedApplications,
  hostServices: [...hostServices, ...clientServices].map((service) => ({
    name: service.name,
    terms: (config: Config) => service.terms.flatMap((term) => toTerms(term, config)),
  })),
};
