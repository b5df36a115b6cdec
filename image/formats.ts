/** The image in the forms that people need: compressed for `dd`, disks for virtual machines. */
import { inChroot } from './chroot.ts';

/** Name of a form → the call that makes it from the raw image. Paths are the chroot's. */
const MAKE: Record<string, (raw: string, out: string) => string[]> = {
  'raw.zst': (raw, out) => ['zstd', '--quiet', '--force', '-10', '-T0', raw, '-o', out],
  qcow2: (raw, out) => ['qemu-img', 'convert', '-c', '-O', 'qcow2', '-o', 'compression_type=zstd', raw, out],
  vmdk: (raw, out) => ['qemu-img', 'convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, out],
};
export const FORMATS = Object.keys(MAKE);

/** Writes the image in each form beside the raw one. `image`: name without extension. */
export async function writeFormats(image: string, formats: readonly string[]): Promise<void> {
  for (const format of formats) {
    const make = MAKE[format];
    if (!make) throw new Error(`--format ${format}: the forms are ${FORMATS.join(', ')}`);
    await inChroot(make(`/gatehouse/output/${image}.raw`, `/gatehouse/output/${image}.${format}`));
    console.log(`the image as ${format}: ${image}.${format}`);
  }
}
