/**
 * The shape of a subsystem whose service is told everything by a few rendered files: rendered beside and parsed by the service's own checker
 * in prepare(); put in place, and the service started, reloaded or stopped, in apply(). Files that did not change leave the service alone.
 * The files live as long as the machine is up: after a reboot they are rendered again from the configuration.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import type { Service, ServiceManager } from '../process/services/manager.ts';
import type { Deviation, Facts, PlanResult, Subsystem, SubsystemStatus, Undo } from './subsystem.ts';

/** Name in the service's directory → content. */
export type Files = ReadonlyMap<string, string>;

export type RenderedOptions<Plan> = {
  name: string;
  service: Service;
  services: ServiceManager;
  /** Where the files stand, `<run directory>/<name>`; made when missing. */
  directory: string;
  /** Mode of the files; the default lets the service read them under a user of its own. */
  mode?: number;
  /** Pure. A plan of null: the configuration does not use the service, it is off. */
  plan(config: Config, facts: Facts): PlanResult<Plan | null>;
  /** Pure. `directory`: where the files will stand, for paths inside of them (also a candidate's directory, during check). */
  render(plan: Plan, directory: string): Files;
  /** The service's own checker on files rendered into `directory`. Throws PrepareError with what an administrator can mend. */
  check(plan: Plan, directory: string): Promise<void>;
  /** Tells the running service about new files; false = it can not take this change without a restart. Left away: always restart. */
  reload?(before: Files, after: Files): Promise<boolean>;
  /** Resolves when the service that was started or restarted serves; rejects when it does not within its time. */
  ready?(plan: Plan): Promise<void>;
  /** More to read back than that the process is there. */
  verify?(plan: Plan): Promise<Deviation[]>;
  /** More to say of a service that runs; left away: that it runs. */
  look?(): Promise<Omit<SubsystemStatus, 'name'>>;
};

type Prepared<Plan> = { plan: Plan; files: Files } | null;

const same = (a: Files, b: Files): boolean =>
  a.size === b.size && [...a].every(([name, content]) => b.get(name) === content);

export class RenderedSubsystem<Plan> implements Subsystem<Plan | null, Prepared<Plan>> {
  readonly name: string;
  readonly independent = true;
  private readonly options: RenderedOptions<Plan>;

  constructor(options: RenderedOptions<Plan>) {
    this.name = options.name;
    this.options = options;
  }

  plan(config: Config, facts: Facts): PlanResult<Plan | null> {
    return this.options.plan(config, facts);
  }

  async prepare(plan: Plan | null): Promise<Prepared<Plan>> {
    if (plan === null) return null;
    const { directory, render, check } = this.options;
    const files = render(plan, directory);
    // what stands there was taken by the service
    if (same(files, this.current())) return { plan, files };
    mkdirSync(join(directory, '..'), { recursive: true, mode: 0o755 });
    const candidate = mkdtempSync(`${directory}.check-`);
    try {
      this.write(candidate, render(plan, candidate));
      await check(plan, candidate);
    } finally {
      rmSync(candidate, { recursive: true, force: true });
    }
    return { plan, files };
  }

  private current(): Files {
    const { directory } = this.options;
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(names.map(({ name }) => [name, readFileSync(join(directory, name), 'utf8')]));
  }

  private write(directory: string, files: Files): void {
    for (const [name, content] of files) {
      const path = join(directory, name);
      writeFileSync(`${path}.new`, content, { mode: this.options.mode ?? 0o644 });
      renameSync(`${path}.new`, path);
    }
  }

  private replace(before: Files, after: Files): void {
    this.write(this.options.directory, after);
    for (const name of before.keys()) if (!after.has(name)) rmSync(join(this.options.directory, name), { force: true });
  }

  /** Files first, then the service told. No files: the service is off. */
  private async change(before: Files, after: Files): Promise<void> {
    const { service, services, reload } = this.options;
    this.replace(before, after);
    if (after.size === 0) return services.stop(service);
    if ((await services.pid(service)) === null) return services.start(service);
    if (reload && (await reload(before, after))) return;
    await services.restart(service);
  }

  async apply(prepared: Prepared<Plan>): Promise<Undo> {
    const { service, services, ready } = this.options;
    const before = this.current();
    const after = prepared?.files ?? new Map<string, string>();
    const running = (await services.pid(service)) !== null;
    if (same(before, after) && running === after.size > 0) {
      // a daemon that comes back takes over the supervision
      if (running) await services.start(service);
      return async () => {};
    }
    try {
      await this.change(before, after);
      if (prepared) await ready?.(prepared.plan);
    } catch (error) {
      // its own failure leaves what was
      await this.change(after, before).catch(() => {});
      throw error;
    }
    return () => this.change(after, before);
  }

  async verify(plan: Plan | null): Promise<Deviation[]> {
    const { service, services, verify } = this.options;
    const running = (await services.pid(service)) !== null;
    if (running !== (plan !== null)) {
      const word = (is: boolean) => (is ? 'running' : 'stopped');
      return [{ what: service.name, expected: word(!running), found: word(running) }];
    }
    return plan !== null && verify ? verify(plan) : [];
  }

  async status(): Promise<SubsystemStatus> {
    const { name } = this;
    const { service, services } = this.options;
    if (this.current().size === 0) return { name, state: 'ok', message: 'off: the configuration does not use it' };
    const pid = await services.pid(service);
    if (pid !== null) {
      const troubled = (error: Error) => ({ state: 'degraded' as const, message: error.message });
      return { name, ...((await this.options.look?.().catch(troubled)) ?? { state: 'ok', message: 'running' }) };
    }
    return { name, state: 'failed', message: `not running: ${await services.tail(service, 3)}` };
  }

  async release(): Promise<void> {}
}
