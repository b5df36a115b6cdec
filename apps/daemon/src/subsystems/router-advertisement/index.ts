/** Router advertisements through radvd: checked by radvd itself, changed by SIGHUP. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { issue } from '@gatehouse/config';
import { RunError, run } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import { RenderedSubsystem } from '../rendered.ts';
import { PrepareError } from '../subsystem.ts';
import { type AdvertisementPlan, planAdvertisements, radvdConfig } from './plan.ts';

const FILE = 'radvd.conf';
const PROGRAM = '/usr/sbin/radvd';

/** Where radvd's files stand. Its process id has a directory of its own, which the unit gives to radvd's user. */
export function radvdService(runDir: string): { service: Service; directory: string; control: string } {
  const directory = join(runDir, 'radvd');
  const control = join(runDir, 'radvd-control');
  const args = [
    '--nodaemon',
    '--logmethod',
    'stderr',
    '--config',
    join(directory, FILE),
    '--pidfile',
    join(control, 'pid'),
  ];
  return { service: { name: 'gatehouse-radvd', program: PROGRAM, args }, directory, control };
}

/** radvd's complaints without its time stamps and its last words. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^\[[^\]]*\] radvd \(\d+\): (error: )?/, '').trim());
  return lines.filter((line) => line && !/^(config file|version|Exiting)/i.test(line)).join('; ');
}

export function routerAdvertisement(options: {
  services: ServiceManager;
  runDir: string;
}): RenderedSubsystem<AdvertisementPlan> {
  const { services, runDir } = options;
  const { service, directory, control } = radvdService(runDir);
  return new RenderedSubsystem<AdvertisementPlan>({
    name: 'router-advertisement',
    service,
    services,
    directory,
    plan: (config, facts) => ({ ok: true, plan: planAdvertisements(config, facts), warnings: [] }),
    render: (plan) => new Map([[FILE, radvdConfig(plan)]]),
    check: async (_, candidate) => {
      mkdirSync(control, { recursive: true, mode: 0o755 });
      try {
        await run(PROGRAM, ['--configtest', '--logmethod', 'stderr', '--config', join(candidate, FILE)]);
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
        throw new PrepareError([
          issue(
            ['routerAdvertisements'],
            undefined,
            `are refused by radvd: ${complaint(error.result.stderr)}`,
            'Correct the entry that it names.',
          ),
        ]);
      }
    },
    reload: () => services.signal(service, 'SIGHUP'),
  });
}
