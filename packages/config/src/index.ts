/** The configuration model of Gatehouse. Pure: no I/O, runs in the browser. The revision's hash is in `@gatehouse/config/revision`. */
export { type ApplicationTerm, predefinedApplicationNames, predefinedApplications } from './applications.ts';
export { canonicalize } from './canonical.ts';
export {
  activeScopes,
  networksOf,
  type Reservation,
  reservationsIn,
  type Scope4,
  type Scope6,
  type ServedNetwork,
  servedNetwork,
} from './dhcp.ts';
export { encodeOption, type OptionEntry } from './dhcp-options.ts';
export { type Change, diff, type FieldChange } from './diff.ts';
export type { FieldMeta, SecretKind } from './fields.ts';
export { type Issue, issue, type Path, pointerOf, valueAt } from './issue.ts';
export { describePath, type ParseResult, parseConfig } from './parse.ts';
export { type Reference, type ReferencedType, references, rename } from './references.ts';
export {
  admitsPage,
  familiesOf,
  matchesAddress,
  resolveAddresses,
  resolveApplications,
  type Span,
  zoneOfInterface,
} from './resolve.ts';
export { parseDomain } from './schema/dns.ts';
export {
  type Address,
  type Config,
  type ConfigInput,
  configSchema,
  emptyConfig,
  type Policy,
  type Role,
  type Zone,
} from './schema.ts';
export { mapSecrets, redact, SECRET_MASK, secretPaths } from './secrets.ts';
export { clientServices, clientServicesOf, type HostService, hostServiceNames, hostServices } from './services.ts';
export { fromText, type TextError } from './text/parse.ts';
export { toText } from './text/print.ts';
export {
  configTree,
  isIdentified,
  type ListNode,
  type Node,
  type ObjectNode,
  objectOf,
  type Scalar,
  type TreeField,
  type UnionNode,
} from './tree.ts';
export {
  bitsOf,
  type Family,
  firstOf,
  formatCidr,
  formatIp,
  type Ip,
  lastOf,
  networkOf,
  type Prefix,
  parseCidr,
  parseIp,
  parseLiteral,
  parsePorts,
  prefixContains,
  rangeToPrefixes,
} from './values.ts';
