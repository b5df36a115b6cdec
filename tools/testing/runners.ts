/** Runs the test runners and counts from their JSON reports, so that a runner's wording never decides what counts. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../inputs.ts';

export type Count = { passed: number; failed: number; problems: string[] };

const node = process.execPath;
const report = (layer: string) => join(root, 'artifacts', `${layer}.json`);

/** Runs a Node program, `within` another one if given, with its output on this terminal; resolves with null when it succeeded, else with what went wrong. */
export function runProgram(
  args: readonly string[],
  options: { seconds: number; env?: NodeJS.ProcessEnv; within?: readonly string[] },
): Promise<string | null> {
  return new Promise((resolve) => {
    const [program, ...rest] = [...(options.within ?? []), node, ...args] as [string, ...string[]];
    const child = spawn(program, rest, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, ...options.env },
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, options.seconds * 1000);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (late) resolve(`took longer than ${options.seconds} s`);
      else if (status !== 0) resolve(`ended with ${status ?? signal}`);
      else resolve(null);
    });
  });
}

/** A run without any test, or a runner that failed without a failed test, counts as one failure. */
function completed(count: Count, layer: string, trouble: string | null): Count {
  if (count.failed === 0 && trouble) {
    count.failed = 1;
    count.problems.push(`${layer}: the runner ${trouble}, without a failed test`);
  }
  if (count.passed + count.failed === 0) {
    count.failed = 1;
    count.problems.push(`${layer}: no test ran`);
  }
  return count;
}

type VitestReport = {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

/** Counts a vitest report: a skipped test and a file that did not load are failures. */
export function countVitest(json: VitestReport): Count {
  const count: Count = { passed: 0, failed: 0, problems: [] };
  for (const file of json.testResults) {
    for (const test of file.assertionResults)
      if (test.status === 'passed') count.passed += 1;
      else {
        count.failed += 1;
        count.problems.push(`${file.name}: ${test.fullName} (${test.status})`);
      }
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      count.failed += 1;
      count.problems.push(`${file.name}: ${file.message || 'did not load'}`);
    }
  }
  return count;
}

/** Packet tests make devices and mounts: they go with the namespaces. unshare replaces itself by the program. */
const OWN_NAMESPACES = ['unshare', '--net', '--mount', '--propagation', 'private'];

/** Runs one project of vitest.config.ts. */
export async function runVitest(layer: string, seconds: number): Promise<Count> {
  const file = report(layer);
  rmSync(file, { force: true });
  const trouble = await runProgram(
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--project=${layer}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { seconds, ...(layer === 'packet' ? { within: OWN_NAMESPACES } : {}) },
  );
  const empty: Count = { passed: 0, failed: 0, problems: [] };
  const count = existsSync(file) ? countVitest(JSON.parse(readFileSync(file, 'utf8')) as VitestReport) : empty;
  return completed(count, layer, trouble);
}

type PlaywrightSuite = {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: { title: string; tests: { status: string }[] }[];
};

/** Counts a Playwright report: flaky and skipped are failures. */
export function countPlaywright(json: { suites: PlaywrightSuite[]; errors?: { message?: string }[] }): Count {
  const count: Count = { passed: 0, failed: 0, problems: [] };
  const visit = (suite: PlaywrightSuite) => {
    for (const spec of suite.specs ?? [])
      for (const test of spec.tests)
        if (test.status === 'expected') count.passed += 1;
        else {
          count.failed += 1;
          count.problems.push(`${suite.title}: ${spec.title} (${test.status})`);
        }
    for (const inner of suite.suites ?? []) visit(inner);
  };
  for (const suite of json.suites) visit(suite);
  for (const error of json.errors ?? []) {
    count.failed += 1;
    count.problems.push(`playwright: ${error.message ?? 'error without a message'}`);
  }
  return count;
}

export async function runPlaywright(layer: string, seconds: number): Promise<Count> {
  const file = report(layer);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const trouble = await runProgram(
    [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--reporter=list,json'],
    {
      seconds,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    },
  );
  const empty: Count = { passed: 0, failed: 0, problems: [] };
  const count = existsSync(file) ? countPlaywright(JSON.parse(readFileSync(file, 'utf8'))) : empty;
  return completed(count, layer, trouble);
}
