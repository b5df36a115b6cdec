/** Says whether the inputs of a build step changed, by content: times mean nothing after a clone. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const { version: productVersion } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};

/** What the tests of the image update to: a good image, and one that does not come up. */
export const NEXT_VERSION = '0.2.0';
export const BROKEN_VERSION = '0.3.0';

/** Folders that builds write and git ignores. */
const OUTPUTS = new Set(['node_modules', 'build', 'generated', '.next', 'test', 'test-results', 'artifacts']);

/** All files under a path of the repository, sorted, without build outputs and tests. A missing path yields nothing. */
export function filesUnder(path: string): string[] {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => !OUTPUTS.has(entry.name) && (entry.isDirectory() || entry.isFile()))
    .flatMap((entry) => filesUnder(relative(root, join(absolute, entry.name))))
    .sort();
}

/** SHA-256 (hex) over names and contents of the files under the paths, and over the Node that would build them. */
export function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of paths.flatMap(filesUnder)) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Remembers which inputs a step was last built from. */
export class Stamp {
  private readonly file: string;
  constructor(name: string) {
    this.file = join(root, 'build', `${name}.stamp`);
  }
  matches(hash: string): boolean {
    return existsSync(this.file) && readFileSync(this.file, 'utf8') === hash;
  }
  write(hash: string): void {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, hash);
  }
}
