/** The predefined applications and host services of packages/config in the form that the compiler takes. */
import { type Config, clientServices, hostServices, predefinedApplications } from '@gatehouse/config';
import type { ApplicationTerm } from './compile/resolve.ts';
import type { Catalogue } from './plan.ts';

type ServiceTerm = (typeof hostServices)[number]['terms'][number] & { lastPort?: number };

function toTerm(term: ServiceTerm, config: Config): ApplicationTerm {
  const result: ApplicationTerm = { protocol: term.protocol };
  if (term.icmpType !== undefined) result.icmpType = term.icmpType;
  const port = term.port === 'web' ? config.management.web.port : term.port;
  if (port !== undefined) result.destinationPort = `${port}-${term.lastPort ?? port}`;
  return result;
}

export const catalogue: Catalogue = {
  applications: predefinedApplications,
  hostServices: [...hostServices, ...clientServices].map((service) => ({
    name: service.name,
    terms: (config: Config) => service.terms.map((term) => toTerm(term, config)),
  })),
};
