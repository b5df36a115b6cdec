/** Time: chrony keeps the clock and gives it to the networks that the configuration names. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issue } from '@gatehouse/config';
import { programPath, RunError, run } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import { readText } from '../../state/files.ts';
import type { LearnedServers } from '../learned.ts';
import { RenderedSubsystem } from '../rendered.ts';
import { PrepareError, type Undo } from '../subsystem.ts';
import { ClockControl } from './control.ts';
import { type NtpPlan, planNtp } from './plan.ts';
import { renderLearnedSources, renderNtp } from './render.ts';

export type NtpOptions = {
  services: ServiceManager;
  runDir: string;
  /** Where chronyd itself may write: its drift file stands for the time that was, on a box without a clock. */
  clockDir: string;
  caBundle: string;
  /** False: a namespace on somebody's machine, whose clock is not ours. chronyd then only compares. */
  controlsClock: boolean;
  learned: LearnedServers;
  log: (text: string) => void;
};

async function checkConf(file: string): Promise<void> {
  try {
    await run(programPath('chronyd'), ['-U', '-p', '-f', file]);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const text = `chronyd refuses it: ${error.result.stderr.trim() || error.result.stdout.trim()}`;
    throw new PrepareError([issue(['ntp'], undefined, text, 'Correct it, or switch time off.')]);
  }
}

type Prepared = Awaited<ReturnType<RenderedSubsystem<NtpPlan>['prepare']>>;

export class NtpSubsystem extends RenderedSubsystem<NtpPlan> {
  readonly control: ClockControl;
  private readonly learned: LearnedServers;
  private readonly live: string;
  private running: NtpPlan | null = null;
  private readonly unsubscribe: () => void;

  constructor({ services, runDir, clockDir, caBundle, controlsClock, learned, log }: NtpOptions) {
    const directory = join(runDir, 'ntp');
    const places = { control: join(directory, 'control'), live: join(directory, 'live'), state: clockDir, caBundle };
    const control = new ClockControl(join(places.control, 'socket'));
    const config = join(directory, 'chrony.conf');
    // -s: without a real-time clock the clock begins where the drift file was written last
    const args = ['-d', '-U', ...(controlsClock ? ['-s'] : ['-x', '-u', 'root']), '-f', config];
    const service: Service = { name: 'gatehouse-ntp', program: '/usr/sbin/chronyd', args };
    super({
      name: 'ntp',
      service,
      services,
      directory,
      plan: (wanted, facts) => ({ ok: true, plan: planNtp(wanted, facts), warnings: [] }),
      render: (plan, where) => renderNtp(plan, where, places),
      check: (_, where) => {
        // chronyd reads its files as a user of its own
        mkdirSync(directory, { recursive: true, mode: 0o755 });
        // on the appliance the unit makes them, for that user
        for (const path of [places.control, places.state])
          if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o750 });
        return checkConf(join(where, 'chrony.conf'));
      },
      reload: async (before, after) => {
        if (before.get('chrony.conf') !== after.get('chrony.conf')) return false;
        await control.reloadSources();
        return true;
      },
      ready: () => control.ready(),
    });
    this.control = control;
    this.learned = learned;
    this.live = places.live;
    this.unsubscribe = learned.onChange(() => {
      if (this.running && this.writeLearned())
        control.reloadSources().catch((error: Error) => log(`ntp: ${error.message}`));
    });
  }

  /** True when it is another than before. */
  private writeLearned(): boolean {
    const servers = this.learned.learned().flatMap((item) => item.ntp);
    const content = this.running ? renderLearnedSources(this.running, servers) : '';
    const file = join(this.live, 'learned.sources');
    if ((readText(file) ?? '') === content) return false;
    mkdirSync(this.live, { recursive: true, mode: 0o755 });
    writeFileSync(file, content, { mode: 0o644 });
    return true;
  }

  override async apply(prepared: Prepared): Promise<Undo> {
    const before = this.running;
    const use = (plan: NtpPlan | null) => {
      this.running = plan;
      return this.writeLearned();
    };
    const changed = use(prepared?.plan ?? null);
    try {
      const undo = await super.apply(prepared);
      if (prepared && changed) await this.control.reloadSources();
      return async () => {
        use(before);
        await undo();
      };
    } catch (error) {
      use(before);
      throw error;
    }
  }

  get enabled(): boolean {
    return this.running !== null;
  }

  close(): void {
    this.unsubscribe();
  }
}
