/** Does a name exist? One place for the words of a dangling reference. */
import { predefinedApplicationNames } from '../applications.ts';
import { type Issue, issue, type Path } from '../issue.ts';
import type { Config } from '../schema.ts';
import { parseLiteral } from '../values.ts';

/** The known name that is nearest to a misspelt one (Levenshtein distance of at most 2). */
function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > 2) continue;
    let row = Array.from({ length: candidate.length + 1 }, (_, i) => i);
    for (let i = 1; i <= name.length; i++) {
      const next = [i];
      for (let j = 1; j <= candidate.length; j++)
        next[j] = Math.min(
          (next[j - 1] as number) + 1,
          (row[j] as number) + 1,
          (row[j - 1] as number) + (name[i - 1] === candidate[j - 1] ? 0 : 1),
        );
      row = next;
    }
    const distance = row[candidate.length] as number;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

export function missing(path: Path, name: string, what: string, known: Iterable<string>): Issue {
  const hint = nearest(name, known);
  return issue(
    path,
    name,
    `is no ${what}`,
    hint ? `Did you mean ${hint}?` : `Create the ${what}, or choose an existing one.`,
  );
}

export class Names {
  readonly zones: Set<string>;
  readonly interfaces: Set<string>;
  readonly screens: Set<string>;
  readonly addresses: Set<string>;
  readonly applications: Set<string>;
  readonly pools: Set<string>;

  constructor(config: Config) {
    const names = (items: { name: string }[]) => items.map((item) => item.name);
    this.zones = new Set(names(config.zones));
    this.interfaces = new Set(names(config.interfaces));
    this.screens = new Set(names(config.screens));
    this.addresses = new Set([...names(config.addresses), ...names(config.addressGroups)]);
    this.applications = new Set([
      ...predefinedApplicationNames,
      ...names(config.applications),
      ...names(config.applicationGroups),
    ]);
    this.pools = new Set(names(config.nat.pools));
  }

  zoneList(path: Path, names: string[]): Issue[] {
    return this.list(path, names, 'zone', this.zones, ['any']);
  }

  addressList(path: Path, entries: string[]): Issue[] {
    const literals = entries.filter((entry) => parseLiteral(entry));
    return this.list(path, entries, 'address', this.addresses, ['any', 'any-ipv4', 'any-ipv6', ...literals]);
  }

  applicationList(path: Path, names: string[]): Issue[] {
    return this.list(path, names, 'application', this.applications, ['any']);
  }

  private list(path: Path, names: string[], what: string, known: Set<string>, special: string[]): Issue[] {
    const issues: Issue[] = [];
    names.forEach((name, index) => {
      if (special.includes(name)) {
        if (name === 'any' && names.length > 1)
          issues.push(
            issue([...path, index], name, 'stands beside other entries', 'Leave either "any" or the others away.'),
          );
      } else if (!known.has(name)) issues.push(missing([...path, index], name, what, known));
      if (names.indexOf(name) !== index)
        issues.push(issue([...path, index], name, 'is listed twice', 'Remove one of them.'));
    });
    return issues;
  }
}
