/** Command-line options: long names with values, nothing unknown. */
import { parseArgs } from 'node:util';

export class UsageError extends Error {
  override name = 'UsageError';
}

export type DaemonOptions = {
  stateDir: string;
  socket: string;
  config: string | null;
  /** A box that was never configured begins with a configuration made from its devices. */
  firstBoot: boolean;
  bpffs: string | null;
  sessions: number;
  flowCache: number;
  socketGroup: number | null;
  objects: string;
  /** What services are told and what they leave: lives as long as the machine is up. */
  runDir: string;
  /** Who runs other programs that stay: the image's systemd, or the daemon itself. */
  services: 'systemd' | 'direct';
  /** Where the page listens for its TLS front. */
  pageSocket: string;
  /** Certificates of authorities, PEM: who servers on the outside are proven by. */
  caBundle: string;
  /** The maker's public key for update files; null: there is no image to update. */
  updateKey: string | null;
};

function positive(text: string | undefined, name: string, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} ${text}: write a positive whole number`);
  return value;
}

export function daemonOptions(argv: string[]): DaemonOptions {
  let values: Record<string, string | undefined>;
  let firstBoot: boolean;
  try {
    const { 'first-boot': first, ...rest } = parseArgs({
      args: argv,
      options: {
        'state-dir': { type: 'string' },
        socket: { type: 'string' },
        config: { type: 'string' },
        bpffs: { type: 'string' },
        sessions: { type: 'string' },
        'flow-cache': { type: 'string' },
        'socket-group': { type: 'string' },
        objects: { type: 'string' },
        'run-dir': { type: 'string' },
        services: { type: 'string' },
        'page-socket': { type: 'string' },
        'ca-bundle': { type: 'string' },
        'update-key': { type: 'string' },
        'first-boot': { type: 'boolean', default: false },
      },
    }).values;
    values = rest;
    firstBoot = first;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const stateDir = values['state-dir'];
  if (!stateDir?.startsWith('/')) throw new UsageError('--state-dir: an absolute directory is needed');
  const flowCache = positive(values['flow-cache'], 'flow-cache', 1 << 16);
  if (flowCache & (flowCache - 1)) throw new UsageError(`--flow-cache ${flowCache}: write a power of two`);
  const services = values.services ?? 'direct';
  if (services !== 'systemd' && services !== 'direct')
    throw new UsageError(`--services ${services}: write systemd or direct`);
  return {
    stateDir,
    socket: values.socket ?? `${stateDir}/socket`,
    config: values.config ?? null,
    firstBoot,
    bpffs: values.bpffs ?? null,
    sessions: positive(values.sessions, 'sessions', 262_144),
    flowCache,
    socketGroup: values['socket-group'] === undefined ? null : positive(values['socket-group'], 'socket-group', 0),
    objects: values.objects ?? new URL('../../../bpf/build', import.meta.url).pathname,
    runDir: values['run-dir'] ?? `${stateDir}/run`,
    services,
    pageSocket: values['page-socket'] ?? `${stateDir}/page.sock`,
    caBundle: values['ca-bundle'] ?? '/etc/ssl/certs/ca-certificates.crt',
    updateKey: values['update-key'] ?? null,
  };
}
