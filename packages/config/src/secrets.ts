/** Fields that hold secrets: where they are, and a copy of a configuration without them. */
import type { Path } from './issue.ts';
import type { Config } from './schema.ts';
import { configTree, type Node, objectOf } from './tree.ts';

export const SECRET_MASK = '********';

function visit(node: Node, value: unknown, path: Path, secret: boolean, found: (path: Path) => void): void {
  if (value === undefined || value === null) return;
  if (node.kind === 'scalar') {
    if (secret) found(path);
  } else if (node.kind === 'list') {
    for (const [index, item] of (value as unknown[]).entries()) visit(node.item, item, [...path, index], secret, found);
  } else {
    for (const field of objectOf(node, value)?.fields ?? [])
      visit(
        field.node,
        (value as Record<string, unknown>)[field.key],
        [...path, field.key],
        field.meta.secret !== undefined,
        found,
      );
  }
}

/** Paths of all secrets that are set. */
export function secretPaths(config: Config): Path[] {
  const paths: Path[] = [];
  visit(configTree, config, [], false, (path) => paths.push(path));
  return paths;
}

/** A copy in which every secret that is set is replaced. */
export function mapSecrets(config: Config, replace: (sealed: string, path: Path) => string): Config {
  const copy = structuredClone(config);
  for (const path of secretPaths(copy)) {
    const parent = path.slice(0, -1).reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], copy);
    const key = path[path.length - 1] as string;
    const fields = parent as Record<string, string>;
    fields[key] = replace(fields[key] as string, path);
  }
  return copy;
}

/** A copy that can be shown to anybody: secrets are masked. */
export const redact = (config: Config): Config => mapSecrets(config, () => SECRET_MASK);
