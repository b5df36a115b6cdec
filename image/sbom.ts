/** The bill of materials of an image, CycloneDX 1.5: Debian packages from mkosi's manifest, npm packages from the lock file, our Node. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/inputs.ts';

type Component = { type: string; name: string; version: string; purl: string };
type Bom = { serialNumber: string; metadata: object; components: Component[] };
type Manifest = { packages: { type: string; name: string; version: string; architecture: string }[] };

function npmBom(): Bom {
  const done = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (done.status !== 0) throw new Error(`npm sbom: ${done.stderr.trim() || done.error?.message}`);
  return JSON.parse(done.stdout) as Bom;
}

/** Writes gatehouse_VERSION.cdx.json beside the image; its path. `output`: mkosi's results. The same inputs give the same file. */
export function writeSbom(output: string, version: string): string {
  const image = `gatehouse_${version}`;
  const { packages } = JSON.parse(readFileSync(join(output, `${image}.manifest`), 'utf8')) as Manifest;
  const debian = packages.map(({ name, version: its, architecture }) => ({
    type: 'library',
    name,
    version: its,
    // package-url type deb: the epoch's colon is percent-encoded
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(its)}?arch=${architecture}&distro=trixie`,
  }));
  const node = process.versions.node;
  const bom = npmBom();
  bom.components.push(...debian, {
    type: 'application',
    name: 'node',
    version: node,
    purl: `pkg:generic/node@${node}`,
  });
  const digest = createHash('sha256').update(JSON.stringify(bom.components)).digest('hex');
  bom.serialNumber = `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  bom.metadata = { component: { type: 'operating-system', name: 'gatehouse', version } };
  const path = join(output, `${image}.cdx.json`);
  writeFileSync(path, `${JSON.stringify(bom, null, 2)}\n`);
  return path;
}
