/** What version this is: the image's on the appliance (os-release(5)), the product's elsewhere. */
import { readText } from '../state/files.ts';

const PRODUCT = '0.1.0';

/** IMAGE_VERSION of an os-release file of our image, or null. */
export function imageVersion(osRelease: string): string | null {
  const fields = new Map([...osRelease.matchAll(/^([A-Z_]+)="?([^"\n]*)"?$/gm)].map(([, key, value]) => [key, value]));
  return fields.get('IMAGE_ID') === 'gatehouse' ? (fields.get('IMAGE_VERSION') ?? null) : null;
}

export const VERSION = imageVersion(readText('/usr/lib/os-release') ?? '') ?? PRODUCT;

/** Negative, 0 or positive, as of numbers: 0.9.0 is before 0.10.0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return (left[i] as number) - (right[i] as number);
  return 0;
}
