/** Services as units of systemd: the image brings them, this starts and stops them. */
import { programPath, run } from '../run.ts';
import type { Service, ServiceManager } from './manager.ts';

/** Starting may wait for a program that says when it is ready (Type=notify). */
const TIMEOUT_MS = 60_000;

export class SystemdServices implements ServiceManager {
  private async systemctl(verb: string, service: Service, ...options: string[]): Promise<string> {
    const args = [verb, ...options, '--', `${service.name}.service`];
    try {
      return (await run(programPath('systemctl'), args, { timeoutMs: TIMEOUT_MS })).stdout.trim();
    } catch (error) {
      throw new Error(`${(error as Error).message}: ${await this.tail(service, 5)}`);
    }
  }

  async start(service: Service): Promise<void> {
    await this.systemctl('start', service);
  }

  async stop(service: Service): Promise<void> {
    await this.systemctl('stop', service);
  }

  async restart(service: Service): Promise<void> {
    await this.systemctl('restart', service);
  }

  async signal(service: Service, signal: NodeJS.Signals): Promise<boolean> {
    if ((await this.pid(service)) === null) return false;
    await this.systemctl('kill', service, '--kill-whom=main', `--signal=${signal}`);
    return true;
  }

  async pid(service: Service): Promise<number | null> {
    const pid = Number(await this.systemctl('show', service, '--property=MainPID', '--value'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  }

  async tail(service: Service, lines: number): Promise<string> {
    const args = ['--unit', service.name, '--lines', String(lines), '--output', 'cat', '--no-pager'];
    return run(programPath('journalctl'), args).then(
      (result) => result.stdout.trim(),
      () => '',
    );
  }

  close(): void {}
}
