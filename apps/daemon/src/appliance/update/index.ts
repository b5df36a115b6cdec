/**
 * Updates of the image: received, checked, written to the slot that does not run (systemd-sysupdate, which changes the kernel image last), started
 * at the next reboot. Boot counting gives a new image three tries; the health unit blesses it.
 */
import { rmSync } from 'node:fs';
import { programPath, run } from '../../process/run.ts';
import { compareVersions } from '../version.ts';
import { download } from './download.ts';
import { type Manifest, UpdateRefused } from './format.ts';
import { receive } from './receive.ts';
import { chooseSlot, readSlots, type Slot } from './slots.ts';

const INSTALL_MS = 900_000;
const DEFINITIONS = '/usr/lib/sysupdate.d';
/** Where the transfers of sysupdate.d look for their sources. */
export const STAGING = '/var/lib/gatehouse/update';

export type UpdateState = {
  phase: 'idle' | 'receiving' | 'installing' | 'installed' | 'failed';
  /** Of the image that is on its way, once its manifest was read. */
  version: string | null;
  /** Bytes. */
  received: number;
  total: number;
  /** Why it failed. */
  error: string | null;
};
const IDLE: UpdateState = { phase: 'idle', version: null, received: 0, total: 0, error: null };

export type UpdateOptions = {
  /** Version of the image that runs. */
  running: string;
  /** The maker's, SPKI, PEM. */
  publicKey: string;
  /** Directory for the parts on their way. */
  staging: string;
  log: (text: string) => void;
};

export class Updates {
  private current: UpdateState = IDLE;
  private readonly options: UpdateOptions;

  constructor(options: UpdateOptions) {
    this.options = options;
    rmSync(options.staging, { recursive: true, force: true }); // of an update that a power cut ended
  }

  state(): UpdateState {
    return this.current;
  }

  slots(): Promise<Slot[]> {
    return readSlots(this.options.running);
  }

  private accept(manifest: Manifest, force: boolean): void {
    const { running } = this.options;
    if (manifest.architecture !== 'x86-64')
      throw new UpdateRefused(`it is for ${manifest.architecture}, this box is x86-64`);
    const order = compareVersions(manifest.version, running);
    if (order === 0) throw new UpdateRefused(`version ${running} runs already`);
    if (order < 0 && !force)
      throw new UpdateRefused(`version ${manifest.version} is older than ${running}, which runs; force it to go back`);
  }

  /**
   * Takes an update file. Resolves with its version when it is installed and starts at the next reboot.
   * @param chunks ended in every case, so that what is still on its way does not wait for a reader
   * @param force also take a version that is older than the one that runs
   * @throws UpdateRefused when the file is no good, or another update is on its way; what runs is untouched in every case
   */
  async install(chunks: AsyncIterator<Uint8Array>, force: boolean): Promise<string> {
    try {
      if (this.current.phase === 'receiving' || this.current.phase === 'installing')
        throw new UpdateRefused('another update is on its way; wait for its end');
      return await this.take(chunks, force);
    } finally {
      await chunks.return?.().catch(() => {});
    }
  }

  private async take(chunks: AsyncIterator<Uint8Array>, force: boolean): Promise<string> {
    this.current = { ...IDLE, phase: 'receiving' };
    try {
      const manifest = await receive(chunks, {
        directory: this.options.staging,
        publicKey: this.options.publicKey,
        accept: (found) => {
          this.accept(found, force);
          this.current = { ...this.current, version: found.version };
        },
        progress: (received, total) => {
          this.current = { ...this.current, received, total };
        },
      });
      this.current = { ...this.current, phase: 'installing' };
      this.options.log(`update ${manifest.version}: received, installing`);
      await this.write(manifest.version);
      this.current = { ...this.current, phase: 'installed' };
      this.options.log(`update ${manifest.version}: installed, starts at the next reboot`);
      return manifest.version;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.current = { ...this.current, phase: 'failed', error: text };
      this.options.log(`update failed: ${text}`);
      throw error;
    } finally {
      rmSync(this.options.staging, { recursive: true, force: true });
    }
  }

  /**
   * As install, from a URL, in the background: state() tells how it goes on.
   * @throws UpdateRefused when the URL gives no file
   */
  async fetch(url: string, force: boolean): Promise<void> {
    const chunks = await download(url);
    void this.install(chunks, force).catch(() => {}); // state() keeps the reason
  }

  private async write(version: string): Promise<void> {
    const args = [`--definitions=${DEFINITIONS}`, '--verify=no', 'update', version];
    await run('/usr/lib/systemd/systemd-sysupdate', args, { timeoutMs: INSTALL_MS });
    // the newest image starts, whatever an administrator chose before
    await run(programPath('bootctl'), ['set-default', '']);
  }

  /** The next starts take another slot. @throws Error when there is no such slot */
  async choose(version: string): Promise<void> {
    await chooseSlot(version, this.options.running);
    this.options.log(`version ${version} starts at the next reboot`);
  }
}
