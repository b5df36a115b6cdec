/** `npm run demo`: the whole product on this machine, with traffic through it, until Ctrl-C. `-- --port N` chooses the page's port. */
import { parseArgs } from 'node:util';
import { Appliance } from '../test/lab/appliance.ts';
import { startTraffic } from '../test/lab/background.ts';
import { baseConfig } from '../test/lab/base-config.ts';
import { DEFAULT_LAB, Lab } from '../test/lab/lab.ts';
import { removeLab, removeLeftovers } from '../test/lab/leftovers.ts';
import { HOSTS } from '../test/lab/names.ts';
import { openRelay } from '../test/lab/relay.ts';
import { buildStep, STEPS } from './build.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, name: { type: 'string', default: DEFAULT_LAB } } });
const name = values.name;
const ports = values.port ? [Number(values.port)] : [8080, 8081, 8082, 8083, 0];
const say = (text: string): void => console.error(`==> ${text}`);

let stopTraffic: (() => Promise<void>) | undefined;
let mine = false;
let ending: Promise<void> | undefined;

/** Ends everything that this run made; a lab of somebody else stays. */
function end(): Promise<void> {
  ending ??= (async () => {
    await stopTraffic?.();
    if (mine) await removeLab(name);
  })();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!ending) say('ending: traffic, page, daemon, lab');
    void end().finally(() => process.exit(0));
  });

async function demo(): Promise<void> {
  if (ports.some((port) => !Number.isInteger(port) || port < 0 || port > 65535))
    throw new Error(`--port ${values.port}: write a number from 1 to 65535`);
  for (const step of STEPS) buildStep(step);
  await removeLeftovers();
  say('starting the lab: lan, dmz, wan and the appliance between them');
  const lab = await Lab.up({ name });
  mine = true;
  const appliance = new Appliance(lab);
  say('starting the daemon');
  await appliance.startDaemon(baseConfig());
  say('starting the page');
  await appliance.startWeb();
  const relay = await openRelay(lab, 'appliance', { host: '127.0.0.1', port: 8080 }, ports);
  stopTraffic = startTraffic(lab);
  console.log(`
Gatehouse is running between three networks, with traffic through it.

  page          http://127.0.0.1:${relay.port}/
  setup token   ${appliance.setupToken()}

  try           npm run lab -- exec lan curl http://${HOSTS.dmz.ip4}/
                npm run lab -- exec wan curl -m 2 http://${HOSTS.lan.ip4}/      (denied)
  command line  node apps/daemon/src/cli.ts --socket ${appliance.socket} show sessions
  logs          ${lab.directory}

Ctrl-C ends it and removes everything.`);
}

try {
  await demo();
  // the lab's processes live apart from this one: stay
  setInterval(() => {}, 1 << 30);
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  await end();
  process.exit(1);
}
