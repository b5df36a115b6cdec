/** One of the two Kea servers as a subsystem: checked by Kea itself, changed while it runs, started only when something is served. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, type Family, formatIp, issue, parseIp, parseLiteral } from '@gatehouse/config';
import { RunError, run } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import { type Files, RenderedSubsystem } from '../rendered.ts';
import { type Deviation, type Facts, type InterfaceFact, PrepareError, type SubsystemStatus } from '../subsystem.ts';
import { KeaError, keaCommand } from './control.ts';
import { type DhcpPlan, planDhcp4, planDhcp6 } from './plan.ts';
import { controlSocket, KEA_FILE, type KeaPlaces, keaConfig, keaEnvironment } from './render.ts';

const READY_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** A running Kea knows the devices that were there at its start or last change; of a newer one it says that there is none. */
const UNKNOWN_DEVICE = /not present in the system|doesn't exist in the system/;

export type KeaOptions = {
  family: Family;
  services: ServiceManager;
  runDir: string;
  stateDir: string;
  readInterfaces(): Promise<InterfaceFact[]>;
};

/** Several daemons stand side by side: all places follow from their own directories. */
export const keaPlaces = (family: Family, options: { runDir: string; stateDir: string }): KeaPlaces => ({
  directory: join(options.runDir, `dhcp${family}`),
  control: join(options.runDir, `dhcp${family}-control`),
  data: `${options.stateDir}-dhcp${family}`,
});

/** The unit of the image says the same. */
export const keaService = (family: Family, places: KeaPlaces): Service => ({
  name: `gatehouse-dhcp${family}`,
  program: `/usr/sbin/kea-dhcp${family}`,
  args: ['-c', join(places.directory, KEA_FILE)],
  environment: keaEnvironment(places),
});

type KeaSubnet = { id: number; subnet: string; pools: { pool: string }[]; reservations: Record<string, unknown>[] };

/** One spelling: Kea writes a range that is a prefix as a prefix, and addresses as inet_ntop(3) does. */
function spelling(text: string): string {
  const span = parseLiteral(text.replaceAll(' ', ''));
  if (!span) return text;
  const [first, last] = [span.first, span.last].map((value) => formatIp({ family: span.family, value }));
  return parseIp(text) ? `${first}` : `${first}-${last}`;
}

/** What a subnet gives out, in one line. */
const offer = (subnet: string, pools: readonly string[], reserved: readonly string[]): string =>
  [`${subnet}:`, ...pools.map(spelling).sort(), ...reserved.map(spelling).sort()].join(' ');

export class KeaServer extends RenderedSubsystem<DhcpPlan> {
  readonly family: Family;
  readonly places: KeaPlaces;
  readonly isRunning: () => Promise<boolean>;

  constructor(options: KeaOptions) {
    const { family, services, readInterfaces } = options;
    const places = keaPlaces(family, options);
    const service = keaService(family, places);
    const socket = controlSocket(places);
    super({
      name: `dhcp${family}`,
      service,
      services,
      directory: places.directory,
      plan: (config: Config, known: Facts) => ({
        ok: true,
        plan: family === 4 ? planDhcp4(config) : planDhcp6(config, known),
        warnings: [],
      }),
      render: (plan) => new Map([[KEA_FILE, `${JSON.stringify(keaConfig(plan, places), null, 2)}\n`]]),
      check: async (plan, directory) => {
        makePlaces(places);
        const names = new Set((await readInterfaces()).map((item) => item.name));
        const candidate = keaConfig(plan, places, (device) => names.has(device));
        await checkWithKea({ family, services, service, socket }, candidate, join(directory, 'check.json'));
      },
      reload: (_, after) => configSet(socket, after),
      ready: () => answers(socket),
      verify: (plan) => verifyKea(socket, plan),
      look: () => socketState(socket),
    });
    this.family = family;
    this.places = places;
    this.isRunning = async () => (await services.pid(service)) !== null;
  }
}

/** Where a user of its own runs the server, its unit hands these over to that user. */
function makePlaces(places: KeaPlaces): void {
  mkdirSync(dirname(places.control), { recursive: true, mode: 0o755 });
  for (const directory of [places.control, places.data]) mkdirSync(directory, { recursive: true, mode: 0o750 });
}

function refused(family: Family, text: string): PrepareError {
  const words = text.replace(/ \([^()]*\.json:[^()]*\)| \(<wire>[^()]*\)/g, '').trim();
  return new PrepareError([
    issue(
      ['dhcpServer', `ipv${family}`],
      undefined,
      `is refused by Kea: ${words}`,
      'Correct the option or scope that it names.',
    ),
  ]);
}

/** By the running server if there is one, by a process of its own otherwise. */
async function checkWithKea(
  server: { family: Family; services: ServiceManager; service: Service; socket: string },
  candidate: object,
  file: string,
): Promise<void> {
  const { family, services, service, socket } = server;
  if ((await services.pid(service)) !== null) {
    try {
      await keaCommand(socket, 'config-test', candidate);
      return;
    } catch (error) {
      if (error instanceof KeaError && !UNKNOWN_DEVICE.test(error.message)) throw refused(family, error.message);
      // it does not answer, or knows too little: the program itself can still say
    }
  }
  writeFileSync(file, JSON.stringify(candidate));
  const { environment } = service;
  try {
    await run(service.program, ['-t', file], environment ? { environment } : {});
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw refused(family, /Error encountered: (.*)/.exec(error.result.stderr)?.[1] ?? error.message);
  }
}

/** New files to the running server; false when it does not answer or must look for devices anew. Throws what it refuses. */
async function configSet(socket: string, after: Files): Promise<boolean> {
  try {
    await keaCommand(socket, 'config-set', JSON.parse(after.get(KEA_FILE) ?? '{}') as object);
    return true;
  } catch (error) {
    if (error instanceof KeaError && !UNKNOWN_DEVICE.test(error.message)) throw error;
    return false;
  }
}

async function answers(socket: string): Promise<void> {
  const until = Date.now() + READY_MS;
  for (;;) {
    try {
      await keaCommand(socket, 'status-get');
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Subnets, pools and reservations as the server has them. */
async function verifyKea(socket: string, plan: DhcpPlan): Promise<Deviation[]> {
  const answer = await keaCommand(socket, 'config-get');
  const { subnet4, subnet6 } = answer[`Dhcp${plan.family}`] as Record<'subnet4' | 'subnet6', KeaSubnet[] | undefined>;
  const found = new Map(
    (subnet4 ?? subnet6 ?? []).map(({ id, subnet, pools, reservations }) => {
      const reserved = reservations.flatMap((item) => item['ip-address'] ?? item['ip-addresses'] ?? []) as string[];
      const ranges = pools.map(({ pool }) => pool);
      return [id, offer(subnet, ranges, reserved)];
    }),
  );
  const deviations = plan.subnets.flatMap(({ id, scope, subnet, pools, reservations }) => {
    const reserved = reservations.flatMap((item) => item.addresses);
    const expected = offer(subnet, pools, reserved);
    const is = found.get(id) ?? 'missing';
    found.delete(id);
    return is === expected ? [] : [{ what: `scope ${scope}`, expected, found: is }];
  });
  return [...deviations, ...[...found.values()].map((is) => ({ what: 'a scope', expected: 'none', found: is }))];
}

/** Devices that are not listened on. A cable that is not plugged in is no fault of the box: Kea waits for it. */
async function socketState(socket: string): Promise<Omit<SubsystemStatus, 'name'>> {
  const { sockets } = (await keaCommand(socket, 'status-get')) as { sockets?: { status: string; errors?: string[] } };
  if (!sockets || sockets.status === 'ready') return { state: 'ok', message: 'running' };
  const errors = sockets.errors ?? [sockets.status];
  const unplugged = errors.every((error) => /^the interface \S+ is (not running|down)$/.test(error));
  return { state: unplugged ? 'ok' : 'degraded', message: `running; ${errors.join('; ')}` };
}
