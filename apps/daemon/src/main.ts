/** gatehoused: comes up on what was committed, serves the socket, leaves everything forwarding when it ends. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, describePath, emptyConfig, fromText, parseConfig } from '@gatehouse/config';
import { lockFile, NetlinkListener, netlinkGroup } from '@gatehouse/native';
import { boxId, requestReset, resetIfAsked } from './appliance/factory-reset.ts';
import { systemdPower } from './appliance/power.ts';
import { openOnTerminal } from './appliance/terminal.ts';
import { STAGING, Updates } from './appliance/update/index.ts';
import { VERSION } from './appliance/version.ts';
import { Auth } from './auth/auth.ts';
import { Sealer } from './auth/seal.ts';
import { ScreenFile } from './console/screen-file.ts';
import { Engine } from './engine/engine.ts';
import { adoptState } from './engine/images.ts';
import { devicesFound, firstConfiguration } from './first-boot.ts';
import { daemonOptions, UsageError } from './options.ts';
import { pinDirectory } from './pin-directory.ts';
import { DirectServices } from './process/services/direct.ts';
import { SystemdServices } from './process/services/systemd.ts';
import { serve } from './server.ts';
import { readText } from './state/files.ts';
import { Dataplane } from './subsystems/dataplane/index.ts';
import { DhcpClient } from './subsystems/dhcp-client/index.ts';
import { DhcpServer } from './subsystems/dhcp-server/index.ts';
import { DnsSubsystem } from './subsystems/dns/index.ts';
import { ForwardingSubsystem } from './subsystems/forwarding/index.ts';
import { type LearnedServers, leaseNamesOf } from './subsystems/learned.ts';
import { NetworkSubsystem } from './subsystems/network/index.ts';
import { readInterfaces } from './subsystems/network/read.ts';
import { NtpSubsystem } from './subsystems/ntp/index.ts';
import { routerAdvertisement } from './subsystems/router-advertisement/index.ts';
import { sshSubsystem } from './subsystems/ssh/index.ts';
import type { Subsystem } from './subsystems/subsystem.ts';
import { WebFront } from './subsystems/web-front/index.ts';

/** Netlink events that come together are answered together. */
const DEBOUNCE_MS = 30;

const log = (text: string): void => console.log(`${new Date().toISOString()} ${text}`);

function readConfigFile(path: string): Config {
  const text = readFileSync(path, 'utf8');
  if (!text.trimStart().startsWith('{')) {
    const result = fromText(text);
    if (result.ok) return result.config;
    throw new UsageError(
      result.errors.map((error) => `${path}:${error.line}:${error.column}: ${error.message}`).join('\n'),
    );
  }
  const raw: unknown = JSON.parse(text);
  const result = parseConfig(raw);
  if (result.ok) return result.config;
  throw new UsageError(
    result.issues.map((item) => `${path}: ${describePath(raw, item.path)} ${item.message}. ${item.remedy}`).join('\n'),
  );
}

async function main(): Promise<void> {
  const options = daemonOptions(process.argv.slice(2));
  const { stateDir, runDir, caBundle } = options;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  if (lockFile(join(stateDir, 'lock')) === null)
    throw new UsageError(`another daemon uses ${stateDir}; stop it, or choose another --state-dir`);
  const reset = resetIfAsked(stateDir);
  if (reset !== null) log(`factory reset: ${reset} removed`);
  adoptState(stateDir, VERSION, log);
  const onAppliance = options.services === 'systemd';
  let initial = options.config === null ? null : readConfigFile(options.config);
  if (initial === null && options.firstBoot && readText(join(stateDir, 'boot.json')) === null) {
    if (onAppliance) await devicesFound();
    initial = firstConfiguration(await readInterfaces());
  }
  const bpffs = pinDirectory(options);
  const services = onAppliance ? new SystemdServices() : new DirectServices(join(runDir, 'services'), log);
  const network = new NetworkSubsystem(stateDir);
  const dataplane = await Dataplane.open({
    stateDir,
    bpffs,
    objects: options.objects,
    sessions: options.sessions,
    flowCache: options.flowCache,
    log,
  });
  const running = () => engine.running()?.config ?? null;
  const dhcp = new DhcpServer({ services, stateDir, runDir, readInterfaces, running });
  const dhcpClient = new DhcpClient({ services, runDir, stateDir, running });
  const learned: LearnedServers = {
    learned: () => dhcpClient.leases(),
    onChange: (changed) => dhcpClient.watch(changed),
  };
  const dns = new DnsSubsystem({
    services,
    runDir,
    stateDir,
    caBundle,
    learned,
    leases: leaseNamesOf(dhcp.leases, log),
    log,
  });
  const sealer = new Sealer(stateDir);
  const webFront = new WebFront({
    services,
    stateDir,
    runDir,
    sealer,
    pageSocket: options.pageSocket,
    user: onAppliance ? 'gatehouse-front' : 'root',
  });
  const ntp = new NtpSubsystem({
    services,
    runDir,
    clockDir: onAppliance ? '/var/lib/gatehouse-ntp' : join(stateDir, 'ntp'),
    caBundle,
    controlsClock: onAppliance,
    learned,
    log,
  });
  // the pipeline before the kernel may forward; services of others last: a box that starts forwards before it answers
  const subsystems: Subsystem[] = [
    ...([network, dataplane, new ForwardingSubsystem(), dhcpClient] as Subsystem[]),
    webFront as Subsystem,
    sshSubsystem({ services, runDir, stateDir }) as Subsystem,
    ...(dhcp.subsystems as Subsystem[]),
    routerAdvertisement({ services, runDir }) as Subsystem,
    dns as Subsystem,
    ntp as Subsystem,
  ];
  const engine: Engine = new Engine({
    stateDir,
    subsystems,
    readFacts: async () => ({ interfaces: await readInterfaces() }),
    generation: () => dataplane.generation(),
    log,
  });
  const auth = new Auth({ stateDir, sealer, running: () => engine.running() });
  engine.watch(dhcp.leases.changed);
  engine.watch(() => dhcpClient.refresh());
  await engine.start(initial);
  await dataplane.start();

  const subsystemStatus = () =>
    Promise.all(
      subsystems.map((subsystem) => {
        const message = engine.failures().get(subsystem.name);
        return message === undefined ? subsystem.status() : { name: subsystem.name, state: 'failed' as const, message };
      }),
    );
  const updates =
    options.updateKey === null
      ? null
      : new Updates({ running: VERSION, publicKey: readFileSync(options.updateKey, 'utf8'), staging: STAGING, log });
  const certificate = () => webFront.certificate(running() ?? emptyConfig());
  const screen = new ScreenFile(join(runDir, 'console'), {
    ...{ version: VERSION, engine, auth, updates, certificate, readInterfaces, subsystemStatus, log },
  });

  let changes: NodeJS.Timeout | undefined;
  const refresh = async () => {
    const interfaces = await readInterfaces();
    await dataplane.networkChanged(interfaces);
    if (network.waitsFor(interfaces)) await engine.again();
    dhcpClient.refresh();
    void screen.refresh();
  };
  await refresh();
  await screen.refresh();
  const groups = Object.values(netlinkGroup);
  const netlink = new NetlinkListener(groups, () => {
    changes ??= setTimeout(() => {
      changes = undefined;
      refresh().catch((error: Error) => log(`reading the network failed: ${error.message}`));
    }, DEBOUNCE_MS);
  });

  const server = await serve(
    {
      version: VERSION,
      startedAt: Date.now(),
      auth,
      sealer,
      engine,
      dataplane,
      dhcpClient,
      dhcp: dhcp.leases,
      dns,
      ntp,
      certificate,
      readInterfaces,
      boxId: boxId(stateDir),
      requestReset: (scope) => {
        requestReset(stateDir, scope);
        log(`factory reset asked for: ${scope}, at the next start`);
      },
      power: onAppliance ? systemdPower(log) : null,
      updates,
      subsystemStatus,
      console: { screen: () => screen.text, openOnTerminal: onAppliance ? openOnTerminal : null },
    },
    options.socket,
    options.socketGroup,
  );
  log(
    `gatehoused ${VERSION} on ${options.socket}, revision ${engine.running()?.revision.slice(0, 12)}, generation ${dataplane.generation()}`,
  );

  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log(`${signal}: ending; packets go on`);
    engine.stop();
    services.close();
    screen.close();
    dns.close();
    ntp.close();
    netlink.close();
    dhcp.leases.close();
    clearTimeout(changes);
    server.close();
    server.closeAllConnections();
    await dataplane.stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
}

if (import.meta.main)
  main().catch((error: unknown) => {
    console.error(error instanceof UsageError ? `gatehoused: ${error.message}` : error);
    process.exit(1);
  });
