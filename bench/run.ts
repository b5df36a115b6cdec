/**
 * `npm run bench`: what a packet costs, in turns with calibrators and the kernel's own firewall, as ratios within one run. Writes
 * results.json. `-- --quick` measures two small phases and writes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run, tryRun } from '../test/lab/process.ts';
import { buildStep, STEPS } from '../tools/build.ts';
import type { Phase, Row } from './phase.ts';
import { nftRules } from './rules.ts';
import { BEDS, HOME, makeTopology, removeTopology } from './topology.ts';

const FULL: readonly Phase[] = [
  { flows: 1, rules: 10, fresh: false, rounds: 15, frames: 1 << 17 },
  { flows: 1 << 10, rules: 10, fresh: false, rounds: 15, frames: 1 << 17 },
  { flows: 1 << 17, rules: 10, fresh: false, rounds: 7, frames: 1 << 18 },
  { flows: 1 << 20, rules: 10, fresh: false, rounds: 5, frames: 1 << 20 },
  { flows: 1 << 10, rules: 1000, fresh: false, rounds: 7, frames: 1 << 17 },
  { flows: 1 << 10, rules: 10_000, fresh: false, rounds: 7, frames: 1 << 17 },
  { flows: 1, rules: 10, fresh: true, rounds: 5, frames: 1 << 16 },
  { flows: 1, rules: 1000, fresh: true, rounds: 5, frames: 1 << 16 },
];
const QUICK: readonly Phase[] = [
  { flows: 1 << 10, rules: 10, fresh: false, rounds: 5, frames: 1 << 15 },
  { flows: 1, rules: 10, fresh: true, rounds: 3, frames: 1 << 14 },
];
const RESULTS = join(import.meta.dirname, 'results.json');
/** Connection tracking must hold all flows of both families; this is the machine's, so it is put back. */
const CONNTRACK_MAX = '/proc/sys/net/netfilter/nf_conntrack_max';
const CONNTRACK_ENTRIES = 1 << 23;

async function loadRules(phase: Phase): Promise<void> {
  for (const [bed, masquerade] of [
    [BEDS.nftables, false],
    [BEDS.masquerade, true],
  ] as const) {
    await run(['nft', '-f', '-'], { netns: bed.netns, input: nftRules(phase.rules, bed.egress, masquerade) });
    // nothing may expire while it is measured
    const timeouts = ['nf_conntrack_udp_timeout', 'nf_conntrack_udp_timeout_stream'];
    const settings = timeouts.map((name) => `net.netfilter.${name}=3600`);
    // the generator's IPv6 frames carry no UDP checksum: without this they would be invalid to connection tracking
    await run(['sysctl', '-qw', ...settings, 'net.netfilter.nf_conntrack_checksum=0'], { netns: bed.netns });
  }
}

/** A phase in a process of its own inside the bench's namespace. */
async function measure(phase: Phase): Promise<Row[]> {
  await makeTopology();
  await loadRules(phase);
  const argv = [process.execPath, join(import.meta.dirname, 'phase.ts'), JSON.stringify(phase)];
  const text = await run(argv, { netns: HOME, timeoutMs: 1_200_000 });
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Row);
}

function print(rows: readonly Row[]): void {
  for (const row of rows) {
    const what = `${row.case} v${row.family}`.padEnd(24);
    const flows = (row.flows ? `${row.flows} flows` : 'new flows').padStart(14);
    const rest = row.slow === undefined ? '' : `  ${(row.slow * 100).toFixed(1)} % slow path`;
    console.log(
      `${what}${flows}${String(row.rules).padStart(7)} rules${row.ns.toFixed(1).padStart(9)} ns${row.ratio.toFixed(2).padStart(8)} x  loss ${row.loss}${rest}`,
    );
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  for (const step of STEPS.filter((found) => !found.name.startsWith('page'))) buildStep(step);
  const before = await tryRun(['cat', CONNTRACK_MAX]);
  const rows: Row[] = [];
  try {
    if (before.status === 0) writeFileSync(CONNTRACK_MAX, String(CONNTRACK_ENTRIES));
    for (const phase of values.quick ? QUICK : FULL) {
      const measured = await measure(phase);
      print(measured);
      rows.push(...measured);
    }
  } finally {
    await removeTopology();
    if (before.status === 0) writeFileSync(CONNTRACK_MAX, before.stdout.trim());
  }
  if (values.quick) return;
  const machine = { kernel: release(), cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length };
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  const head = { date: new Date().toISOString().slice(0, 10), version, ...machine };
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  writeFileSync(RESULTS, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`);
  console.log(`written: ${RESULTS}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void removeTopology().finally(() => process.exit(130)));

await main();
