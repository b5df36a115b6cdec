/** The lab from the shell: `npm run lab -- up | down | status | exec HOST COMMAND...`, with `--name gh-NAME` for a second one. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { DEFAULT_LAB, Lab } from '../test/lab/lab.ts';
import { LABS, readRecord, removeLab, removeLeftovers } from '../test/lab/leftovers.ts';
import { HOSTS, INTERNET, type Place } from '../test/lab/names.ts';
import { inNamespace } from '../test/lab/process.ts';

const USAGE = `usage: npm run lab -- [--name gh-NAME] COMMAND
  up                        networks lan, dmz and wan with their servers, and a bare appliance between them
  exec HOST COMMAND...      run a program on lan, dmz, wan or appliance
  status                    which labs are up
  down                      end everything in the lab and remove it`;

const PLACES: readonly string[] = ['appliance', ...Object.keys(HOSTS)];

function status(): void {
  let names: string[] = [];
  try {
    names = readdirSync(LABS);
  } catch {}
  if (!names.length) console.log('no lab is up');
  for (const name of names) {
    const owner = readRecord(name)?.owner;
    console.log(`${name}: ${owner ? `of process ${owner.pid}` : 'up until: npm run lab -- down'}`);
  }
}

/** Runs the program on this terminal; its exit status is ours. */
function exec(lab: Lab, place: string, argv: string[]): Promise<number> {
  if (!PLACES.includes(place) || !argv.length)
    throw new Error(`exec HOST COMMAND...: HOST is one of ${PLACES.join(', ')}`);
  const [program, args] = inNamespace(lab.namespace(place as Place), argv);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  // only what stands before the command is ours: the rest may be options of the program that exec runs
  const named = argv[0] === '--name' ? argv.splice(0, 2)[1] : undefined;
  const name = named ?? DEFAULT_LAB;
  await removeLeftovers();
  switch (argv[0]) {
    case 'up': {
      await Lab.up({ name, keep: true });
      for (const host of Object.values(HOSTS)) console.log(`${host.name.padEnd(10)} ${host.ip4}  ${host.ip6}`);
      console.log(`${'internet'.padEnd(10)} ${INTERNET.ip4}  ${INTERNET.ip6} (on wan)`);
      console.log(`try: npm run lab -- exec wan curl http://${HOSTS.wan.ip4}/`);
      return 0;
    }
    case 'exec':
      return exec(Lab.attach(name), argv[1] ?? '', argv.slice(2));
    case 'status':
      status();
      return 0;
    case 'down':
      await removeLab(name);
      return 0;
    default:
      console.error(USAGE);
      return 2;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`lab: ${(error as Error).message}`);
  process.exitCode = 1;
}
