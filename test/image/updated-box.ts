/** An image under a box that is updated: what its slots hold, and an update from a URL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cache } from '../../image/chroot.ts';
import { productVersion } from '../../tools/inputs.ts';
import { endAll, type ProcessId, startDetached } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';
import { Box } from './box.ts';

export const output = join(cache, 'output');
export const updateOf = (version: string) => `http://192.168.1.10:8000/gatehouse_${version}.update`;

type Slot = { version: string; running: boolean; next: boolean; state: string };
type State = { phase: string; error: string | null; received: number; total: number };

export class UpdatedBox {
  readonly box: Box;
  /** Files here are served at http://192.168.1.10:8001/. */
  readonly files: string;
  private readonly servers: ProcessId[];

  private constructor(box: Box, files: string, servers: ProcessId[]) {
    this.box = box;
    this.files = files;
    this.servers = servers;
  }

  /** A box that was set up, with a shell; the build's results and `files` served in its home network. */
  static async make(name: string): Promise<UpdatedBox> {
    const files = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
    const box = await Box.make({ name, raw: `gatehouse_${productVersion}.raw` }, files);
    const serve = (port: string, directory: string) =>
      startDetached(['python3', '-m', 'http.server', '--bind', '192.168.1.10', '--directory', directory, port], {
        netns: box.machine.namespace('lan'),
        logFile: join(files, `http-${port}.log`),
      }).id;
    const updated = new UpdatedBox(box, files, [serve('8000', output), serve('8001', files)]);
    await box.page();
    await box.setUp();
    await box.openShell();
    return updated;
  }

  slots(): Promise<Slot[]> {
    return this.box.call('update.slots');
  }

  async slot(version: string): Promise<Slot | undefined> {
    return (await this.slots()).find((item) => item.version === version);
  }

  state(): Promise<State> {
    return this.box.call('update.state');
  }

  async version(): Promise<string> {
    return (await this.box.call<{ version: string }>('system.status')).version;
  }

  /** Starts an update from a URL and waits for its end: "installed", or why not. */
  async install(url: string, force = false): Promise<string> {
    await this.box.call('update.fetch', { url, force });
    const { phase, error } = await waitUntil(
      'the end of the update',
      async () => {
        const now = await this.state();
        return ['installed', 'failed'].includes(now.phase) ? now : null;
      },
      { timeoutMs: 240_000, everyMs: 1000 },
    );
    return phase === 'installed' ? 'installed' : String(error);
  }

  async reboot(): Promise<void> {
    await this.box.shell('systemctl reboot').catch(() => {}); // the connection ends with it
    await this.box.gone();
    await this.box.page();
    await this.box.logIn();
  }

  async remove(): Promise<void> {
    await endAll(this.servers);
    await this.box.machine.remove();
    rmSync(this.files, { recursive: true, force: true });
  }
}
