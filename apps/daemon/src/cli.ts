/** gatehouse: the command line over the daemon's socket. Exit status 0 only on success. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fromText } from '@gatehouse/config';
import type { PacketDescription } from './api/schemas.ts';
import { backup, restore } from './cli/backup.ts';
import { type Client, connect, explainError, formatIssues } from './cli/client.ts';
import { health } from './cli/health.ts';
import { installOn } from './cli/install.ts';
import type { Output } from './cli/output.ts';
import { views } from './cli/show.ts';
import { update } from './cli/update.ts';
import { runConsole } from './console/main.ts';
import { UsageError } from './options.ts';

const USAGE = `usage: gatehouse [--socket PATH] [--json] COMMAND
  check FILE                     compile and verify a configuration, apply nothing
  commit FILE [--confirm S] [--message TEXT]
                                 apply a configuration; with --confirm it is undone after S seconds unless confirmed
  confirm | revert               keep or discard the commit that waits for it
  rollback [N] [--confirm S]     back to the configuration N commits ago (default 1)
  show ${Object.keys(views).join('|')}
  clear sessions [--source A] [--destination A] [--port N] [--protocol P] [--zone Z] [--rule R]
  explain --interface IF --source A --destination A --protocol P [--source-port N] [--destination-port N]
          [--icmp-type N] [--tcp-flags SAFRPU] [--vlan N] [--ttl N] [--length N] [--candidate FILE]
  health [--wait S]              what is well and what is not; fails, after S seconds, when a part failed
  update FILE|URL [--force]      install an image into the other slot; it starts at the next reboot
  update slots                   what stands in the slots
  update choose VERSION          which slot the next starts take
  install [DISK | --ask]         this box, as it started from a stick, onto a disk inside; lists them without a name
  backup FILE                    the running configuration with its secrets, under a passphrase
  restore FILE                   prints the configuration of a backup, for commit; applies nothing
                                 (both read the passphrase from standard input, or from --passphrase-file)
  console [--tty NAME]           the console's screen and menu, on this terminal; --tty: its name under /dev
  cleanup --state-dir DIR [--bpffs DIR]
                                 remove everything that the daemon of this state directory set up (stop it first)
FILE is JSON or the text form; - reads standard input.`;

const DEFAULT_SOCKET = process.env.GATEHOUSE_SOCKET ?? '/run/gatehouse/socket';

const OPTIONS = {
  socket: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  confirm: { type: 'string' },
  message: { type: 'string' },
  source: { type: 'string' },
  destination: { type: 'string' },
  port: { type: 'string' },
  protocol: { type: 'string' },
  zone: { type: 'string' },
  rule: { type: 'string' },
  interface: { type: 'string' },
  'source-port': { type: 'string' },
  'destination-port': { type: 'string' },
  'icmp-type': { type: 'string' },
  'icmp-code': { type: 'string' },
  'tcp-flags': { type: 'string' },
  vlan: { type: 'string' },
  ttl: { type: 'string' },
  length: { type: 'string' },
  candidate: { type: 'string' },
  'state-dir': { type: 'string' },
  bpffs: { type: 'string' },
  force: { type: 'boolean' },
  ask: { type: 'boolean' },
  'passphrase-file': { type: 'string' },
  wait: { type: 'string' },
  tty: { type: 'string' },
} as const;

type Values = { [K in keyof typeof OPTIONS]?: (typeof OPTIONS)[K]['type'] extends 'boolean' ? boolean : string };

function integer(values: Values, name: keyof Values): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(String(text))) throw new UsageError(`--${name} ${text}: write a whole number`);
  return Number(text);
}

function readConfig(path: string | undefined): unknown {
  if (path === undefined) throw new UsageError('a FILE is needed');
  const text = readFileSync(path === '-' ? 0 : path, 'utf8');
  if (!text.trimStart().startsWith('{')) {
    const result = fromText(text);
    if (result.ok) return result.config;
    throw new UsageError(
      result.errors.map((error) => `${path}:${error.line}:${error.column}: ${error.message}`).join('\n'),
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}

function filterOf(values: Values) {
  const { source, destination, protocol, zone, rule } = values;
  return Object.fromEntries(
    Object.entries({ source, destination, protocol, zone, rule, port: integer(values, 'port') }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

function packetOf(values: Values): PacketDescription {
  const { interface: device, source, destination, protocol } = values;
  if (!device || !source || !destination || !protocol)
    throw new UsageError('explain needs --interface, --source, --destination and --protocol');
  const packet = {
    interface: device,
    source,
    destination,
    protocol: /^\d+$/.test(protocol) ? Number(protocol) : protocol,
    sourcePort: integer(values, 'source-port'),
    destinationPort: integer(values, 'destination-port'),
    icmpType: integer(values, 'icmp-type'),
    icmpCode: integer(values, 'icmp-code'),
    tcpFlags: values['tcp-flags'],
    vlan: integer(values, 'vlan'),
    ttl: integer(values, 'ttl'),
    length: integer(values, 'length'),
  };
  return Object.fromEntries(Object.entries(packet).filter(([, value]) => value !== undefined)) as PacketDescription;
}

async function explain(client: Client, values: Values): Promise<Output> {
  const result = await client.explain.packet.mutate({
    packet: packetOf(values),
    ...(values.candidate === undefined ? {} : { config: readConfig(values.candidate) }),
  });
  const lines = result.stages.map((stage) => `${stage.title.padEnd(28)} ${stage.outcome.padEnd(8)} ${stage.detail}`);
  const why = [result.reason, result.rule && `rule ${result.rule.name}`].filter(Boolean).join(', ');
  return { data: result, text: [...lines, '', `verdict: ${result.verdict}${why ? ` (${why})` : ''}`].join('\n') };
}

async function cleanup(values: Values): Promise<Output> {
  const stateDir = values['state-dir'];
  if (!stateDir?.startsWith('/')) throw new UsageError('cleanup needs --state-dir with an absolute directory');
  // only here, so that all other commands run without the native module
  const { cleanUp } = await import('./cleanup.ts');
  const removed = await cleanUp({ stateDir, bpffs: values.bpffs ?? null });
  return { data: { removed }, text: removed.length ? removed.join('\n') : 'nothing was left' };
}

async function execute(command: string, words: string[], values: Values, client: Client): Promise<Output> {
  const seconds = integer(values, 'confirm');
  const window = seconds === undefined ? {} : { confirmSeconds: seconds };
  const committed = (result: { transaction: string; revision: string; deadline: number | null }): Output => ({
    data: result,
    text: `revision ${result.revision.slice(0, 12)} runs${result.deadline === null ? '' : `; undone in ${seconds} s unless confirmed`}`,
  });
  switch (command) {
    case 'check': {
      const result = await client.config.check.mutate({ config: readConfig(words[0]) });
      if (!result.ok) throw new UsageError(formatIssues(result.issues));
      return { data: result, text: [formatIssues(result.issues), result.summary].filter(Boolean).join('\n') };
    }
    case 'commit':
      return committed(
        await client.config.commit.mutate({
          config: readConfig(words[0]),
          base: null,
          ...window,
          ...(values.message === undefined ? {} : { message: values.message }),
        }),
      );
    case 'confirm':
      return { data: await client.config.confirm.mutate({ transaction: null }), text: 'kept' };
    case 'revert':
      return { data: await client.config.revert.mutate({ transaction: null }), text: 'discarded' };
    case 'rollback': {
      if (words[0] !== undefined && !/^[1-9]\d*$/.test(words[0]))
        throw new UsageError(`rollback ${words[0]}: write a positive number`);
      return committed(await client.config.rollback.mutate({ steps: Number(words[0] ?? 1), ...window }));
    }
    case 'show': {
      const view = views[words[0] ?? ''];
      if (!view) throw new UsageError(`show what? ${Object.keys(views).join(', ')}`);
      return view(client);
    }
    case 'clear': {
      if (words[0] !== 'sessions') throw new UsageError('clear what? sessions');
      const result = await client.sessions.clear.mutate({ filter: filterOf(values) });
      return { data: result, text: `${result.cleared} sessions closed` };
    }
    case 'explain':
      return explain(client, values);
    case 'health':
      return health(client, values.socket ?? DEFAULT_SOCKET, integer(values, 'wait') ?? 0);
    case 'update':
      return update(client, values.socket ?? DEFAULT_SOCKET, words, values.force === true);
    case 'install':
      return installOn(words[0], values.ask === true);
    case 'backup':
      return backup(client, words[0], values['passphrase-file']);
    case 'restore':
      return restore(client, words[0], values['passphrase-file']);
    case 'console':
      await runConsole(values.socket ?? DEFAULT_SOCKET, values.tty ?? null);
      return { data: null, text: '' };
    case 'cleanup':
      return cleanup(values);
    default:
      throw new UsageError(USAGE);
  }
}

async function main(): Promise<number> {
  let socket = DEFAULT_SOCKET;
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      options: OPTIONS,
      allowPositionals: true,
    });
    const [command, ...words] = positionals;
    if (values.help || command === undefined) {
      console.log(USAGE);
      return values.help ? 0 : 2;
    }
    socket = values.socket ?? DEFAULT_SOCKET;
    const output = await execute(command, words, values, connect(socket));
    console.log(values.json ? JSON.stringify(output.data, null, 2) : output.text);
    return 0;
  } catch (error) {
    console.error(
      error instanceof UsageError || !(error instanceof Error) ? (error as Error).message : explainError(error, socket),
    );
    return 1;
  }
}

process.exitCode = await main();
