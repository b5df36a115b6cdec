/**
 * One transaction over all subsystems: plan all → prepare all → apply in order → verify → settle. Any failure before apply leaves
 * everything untouched; a failure afterwards is undone in reverse.
 */
import type { Config, Issue } from '@gatehouse/config';
import { type Facts, issuesText, PrepareError, type Subsystem, type Undo } from '../subsystems/subsystem.ts';

/** The configuration can not be applied, for reasons an administrator can mend. */
export class RefusedError extends Error {
  readonly issues: Issue[];
  constructor(issues: Issue[]) {
    super(issuesText(issues));
    this.name = 'RefusedError';
    this.issues = issues;
  }
}

/** Applying failed; everything was undone. `undoErrors` tells what could not be taken back. */
export class ApplyError extends Error {
  readonly undoErrors: string[];
  constructor(message: string, undoErrors: string[]) {
    super(undoErrors.length ? `${message}; undoing also failed: ${undoErrors.join('; ')}` : message);
    this.name = 'ApplyError';
    this.undoErrors = undoErrors;
  }
}

type Step = { subsystem: Subsystem; plan: unknown; prepared?: unknown; undo?: Undo };
export type ReadFacts = () => Promise<Facts>;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function planAll(
  subsystems: readonly Subsystem[],
  config: Config,
  facts: Facts,
): Promise<{ steps: Step[]; warnings: Issue[] }> {
  const issues: Issue[] = [];
  const warnings: Issue[] = [];
  const steps: Step[] = [];
  for (const subsystem of subsystems) {
    const result = subsystem.plan(config, facts);
    if (result.ok) {
      steps.push({ subsystem, plan: result.plan });
      warnings.push(...result.warnings);
    } else issues.push(...result.issues);
  }
  if (issues.length) throw new RefusedError(issues);
  return { steps, warnings };
}

async function release(steps: Step[]): Promise<void> {
  for (const step of [...steps].reverse())
    if (step.prepared !== undefined) await step.subsystem.release(step.prepared).catch(() => {});
}

async function prepareAll(steps: Step[]): Promise<void> {
  try {
    for (const step of steps) step.prepared = await step.subsystem.prepare(step.plan);
  } catch (error) {
    await release(steps);
    throw error instanceof PrepareError ? new RefusedError(error.issues) : error;
  }
}

/** Plans and prepares, then lets go: the kernel has verified the pipeline, nothing was applied. Returns the warnings. */
export async function tryOut(subsystems: readonly Subsystem[], config: Config, readFacts: ReadFacts): Promise<Issue[]> {
  const { steps, warnings } = await planAll(subsystems, config, await readFacts());
  await prepareAll(steps);
  await release(steps);
  return warnings;
}

async function undoAll(steps: Step[]): Promise<string[]> {
  const errors: string[] = [];
  for (const step of [...steps].reverse()) {
    if (!step.undo) continue;
    try {
      await step.undo();
    } catch (error) {
      errors.push(`${step.subsystem.name}: ${reason(error)}`);
    }
  }
  return errors;
}

/** Applies a configuration. Throws RefusedError (nothing was touched) or ApplyError (everything was undone). */
export async function applyConfig(
  subsystems: readonly Subsystem[],
  config: Config,
  readFacts: ReadFacts,
): Promise<Issue[]> {
  const { steps, warnings } = await planAll(subsystems, config, await readFacts());
  await prepareAll(steps);
  let at = '';
  try {
    for (const step of steps) {
      at = step.subsystem.name;
      step.undo = await step.subsystem.apply(step.prepared, await readFacts());
    }
    for (const step of steps) {
      at = step.subsystem.name;
      const deviations = await step.subsystem.verify(step.plan);
      if (deviations.length)
        throw new Error(
          deviations.map((item) => `${item.what} is ${item.found}, expected ${item.expected}`).join('; '),
        );
    }
  } catch (error) {
    const undoErrors = await undoAll(steps);
    await release(steps);
    throw new ApplyError(`${at}: ${reason(error)}`, undoErrors);
  }
  for (const step of steps) await step.subsystem.settle?.(step.prepared);
  return warnings;
}

async function comeUpOne(subsystem: Subsystem, config: Config, readFacts: ReadFacts): Promise<void> {
  const planned = subsystem.plan(config, await readFacts());
  if (!planned.ok) throw new RefusedError(planned.issues);
  const prepared = await subsystem.prepare(planned.plan);
  try {
    await subsystem.apply(prepared, await readFacts());
  } catch (error) {
    await subsystem.release(prepared).catch(() => {});
    throw error;
  }
  const [deviation] = await subsystem.verify(planned.plan);
  await subsystem.settle?.(prepared);
  if (deviation) throw new Error(`${deviation.what} is ${deviation.found}, expected ${deviation.expected}`);
}

/**
 * Brings the box on a configuration that was kept before: at a start, and when a window ends. There is nothing better to go back to, so what
 * fails holds nothing else back. What is independent comes up last and all at once. Returns what failed: name of the subsystem → why.
 * @throws when an essential subsystem fails
 */
export async function comeUp(
  subsystems: readonly Subsystem[],
  config: Config,
  readFacts: ReadFacts,
  log: (text: string) => void,
): Promise<Map<string, string>> {
  const lenient = async (): Promise<Facts> => ({ ...(await readFacts()), lenient: true });
  const failures = new Map<string, string>();
  const took: string[] = [];
  const one = async (subsystem: Subsystem): Promise<void> => {
    const begin = Date.now();
    try {
      await comeUpOne(subsystem, config, lenient);
    } catch (error) {
      if (subsystem.essential) throw error;
      failures.set(subsystem.name, reason(error));
      log(`did not come up: ${subsystem.name}: ${reason(error)}`);
    }
    took.push(`${subsystem.name} ${Date.now() - begin} ms`);
  };
  for (const subsystem of subsystems.filter((item) => !item.independent)) await one(subsystem);
  await Promise.all(subsystems.filter((item) => item.independent).map(one));
  log(`came up: ${took.join(', ')}`);
  return failures;
}
