/** The commit engine with subsystems that write files: order, undo, windows, and a crash at any point. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseConfig } from '@gatehouse/config';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Engine } from '../src/engine/engine.ts';
import { ApplyError, RefusedError } from '../src/engine/transaction.ts';
import { PrepareError, type Subsystem } from '../src/subsystems/subsystem.ts';

let directory: string;
let steps: string[];
/** What goes wrong, "prepare b" for example. */
let fault: string | null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gh-unit-'));
  steps = [];
  fault = null;
});
afterEach(() => rmSync(directory, { recursive: true }));

const named = (hostName: string): Config => {
  const parsed = parseConfig({ system: { hostName } });
  if (!parsed.ok) throw new Error('test configuration');
  return parsed.config;
};

/** Keeps the host name in a file: the desired state, applied and read back. */
function fileSubsystem(name: string): Subsystem<string, string> {
  const file = join(directory, `applied-${name}`);
  const step = (what: string) => {
    steps.push(`${what} ${name}`);
    if (fault === `${what} ${name}`) throw new Error(`${what} of ${name} failed`);
  };
  return {
    name,
    plan: (config) => ({ ok: true, plan: config.system.hostName, warnings: [] }),
    async prepare(plan) {
      if (fault === `prepare ${name}`) {
        const message = 'does not fit';
        throw new PrepareError([{ path: [], pointer: '', value: plan, message, remedy: 'Less.', severity: 'error' }]);
      }
      step('prepare');
      return plan;
    },
    async apply(prepared) {
      step('apply');
      const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
      writeFileSync(file, prepared);
      return async () => {
        steps.push(`undo ${name}`);
        if (before === null) rmSync(file);
        else writeFileSync(file, before);
      };
    },
    async verify(plan) {
      step('verify');
      const found = readFileSync(file, 'utf8');
      return found === plan ? [] : [{ what: name, expected: plan, found }];
    },
    status: async () => ({ name, state: 'ok', message: '' }),
    release: async () => {
      steps.push(`release ${name}`);
    },
  };
}

const applied = (name: string): string => readFileSync(join(directory, `applied-${name}`), 'utf8');

async function start(initial: Config | null = named('first')): Promise<Engine> {
  const engine = new Engine({
    stateDir: directory,
    subsystems: [fileSubsystem('a'), fileSubsystem('b')] as Subsystem[],
    readFacts: async () => ({ interfaces: [] }),
    generation: () => 0,
    log: () => {},
    retryMs: 5,
  });
  await engine.start(initial);
  steps.length = 0;
  return engine;
}

const commit = (engine: Engine, hostName: string, confirmSeconds?: number) =>
  engine.commit({ config: named(hostName), base: null, actor: 'test', ...(confirmSeconds ? { confirmSeconds } : {}) });
const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('plans and prepares all before it applies any, in order', async () => {
  const engine = await start();
  await commit(engine, 'second');
  expect(steps.filter((text) => !text.startsWith('verify'))).toEqual(['prepare a', 'prepare b', 'apply a', 'apply b']);
  expect([applied('a'), applied('b')]).toEqual(['second', 'second']);
  engine.stop();
});

it('a refusal in prepare changes nothing and lets go of what was prepared', async () => {
  const engine = await start();
  fault = 'prepare b';
  await expect(commit(engine, 'second')).rejects.toThrow(RefusedError);
  expect(steps).toEqual(['prepare a', 'release a']);
  expect(engine.running()?.config.system.hostName).toBe('first');
  expect(engine.state().pending).toBeNull();
  engine.stop();
});

it.each(['apply b', 'verify a', 'verify b'])('a failure in %s is undone in reverse', async (where) => {
  const engine = await start();
  fault = where;
  await expect(commit(engine, 'second')).rejects.toThrow(ApplyError);
  expect([applied('a'), applied('b')]).toEqual(['first', 'first']);
  const undos = steps.filter((text) => text.startsWith('undo'));
  expect(undos).toEqual(where === 'apply b' ? ['undo a'] : ['undo b', 'undo a']);
  expect(engine.running()?.config.system.hostName).toBe('first');
  expect(engine.state().pending).toBeNull();
  engine.stop();
});

it('a window that nobody confirms ends by itself', async () => {
  const engine = await start();
  await commit(engine, 'second', 0.2);
  expect(applied('b')).toBe('second');
  expect(engine.state().pending?.deadline).toBeGreaterThan(Date.now());
  await settle(400);
  expect([applied('a'), applied('b')]).toEqual(['first', 'first']);
  expect(engine.state()).toMatchObject({ pending: null });
  engine.stop();
});

it('a confirmed window stays, and is what a restart comes up with', async () => {
  const engine = await start();
  const { transaction } = await commit(engine, 'second', 0.3);
  await engine.confirm(transaction, 'test');
  await settle(500);
  expect(applied('b')).toBe('second');
  engine.stop();
  const again = await start(null);
  expect(again.running()?.config.system.hostName).toBe('second');
  again.stop();
});

it('a second commit within a window goes back to the first base', async () => {
  const engine = await start();
  await commit(engine, 'second', 5);
  await commit(engine, 'third', 0.2);
  await settle(400);
  expect(applied('b')).toBe('first');
  engine.stop();
});

it('an old transaction can not confirm a new one', async () => {
  const engine = await start();
  const { transaction } = await commit(engine, 'second', 5);
  await commit(engine, 'third', 5);
  await expect(engine.confirm(transaction, 'test')).rejects.toThrow(/another commit/);
  engine.stop();
});

it('a crash within a window goes on with it; after its end, and on another boot, it comes up on what was kept', async () => {
  const engine = await start();
  await commit(engine, 'second', 60);
  engine.stop(); // as a crash: nothing is decided
  const again = await start(null);
  expect(again.running()?.config.system.hostName).toBe('second');
  expect(again.state().pending).not.toBeNull();
  again.stop();
  const pending = JSON.parse(readFileSync(join(directory, 'pending.json'), 'utf8'));
  writeFileSync(join(directory, 'pending.json'), JSON.stringify({ ...pending, bootId: 'another boot' }));
  const rebooted = await start(null);
  expect(rebooted.running()?.config.system.hostName).toBe('first');
  expect(applied('b')).toBe('first');
  expect(rebooted.state().pending).toBeNull();
  rebooted.stop();
});

it('a commit on an old base is a conflict and changes nothing', async () => {
  const engine = await start();
  const base = engine.running()?.revision ?? '';
  await commit(engine, 'second');
  await expect(engine.commit({ config: named('third'), base, actor: 'test' })).rejects.toThrow(/somebody committed/);
  expect(applied('b')).toBe('second');
  engine.stop();
});

it('commits at the same time run one after the other', async () => {
  const engine = await start();
  await Promise.all(['second', 'third', 'fourth'].map((name) => commit(engine, name)));
  expect(applied('a')).toBe(applied('b'));
  expect(engine.running()?.config.system.hostName).toBe('fourth');
  expect(engine.history().map((entry) => entry.actor)).toEqual(['test', 'test', 'test', 'system']);
  engine.stop();
});

it('a roll back counts what ran, also what was undone at a start', async () => {
  const engine = await start();
  await commit(engine, 'second');
  await commit(engine, 'third', 60);
  engine.stop();
  const pending = JSON.parse(readFileSync(join(directory, 'pending.json'), 'utf8'));
  writeFileSync(join(directory, 'pending.json'), JSON.stringify({ ...pending, bootId: 'another boot' }));
  const again = await start(null);
  await commit(again, 'fourth');
  await again.rollback({ steps: 1 }, undefined, 'test');
  expect(applied('b')).toBe('second');
  again.stop();
});

it('a roll back beyond the history names what there is', async () => {
  const engine = await start();
  await expect(engine.rollback({ steps: 9 }, undefined, 'test')).rejects.toThrow(/history/);
  engine.stop();
});

it('at a start what fails holds nothing else back and is told; without an essential subsystem there is no start', async () => {
  const start = async (essential: boolean) => {
    const engine = new Engine({
      stateDir: directory,
      subsystems: [{ ...fileSubsystem('a'), essential }, fileSubsystem('b')] as Subsystem[],
      readFacts: async () => ({ interfaces: [] }),
      generation: () => 0,
      log: () => {},
    });
    await engine.start(named('first'));
    return engine;
  };
  for (fault of ['prepare a', 'apply a']) {
    const engine = await start(false);
    expect([...engine.failures().keys()]).toEqual(['a']);
    engine.stop();
    expect(applied('b')).toBe('first');
    await expect(start(true)).rejects.toThrow();
  }
  fault = null;
  expect((await start(true)).failures().size).toBe(0);
});

it('what did not come up is tried again until it does', async () => {
  fault = 'apply a';
  const engine = await start(named('first'));
  expect([...engine.failures().keys()]).toEqual(['a']);
  await vi.waitFor(() => expect(steps.filter((step) => step === 'apply a').length).toBeGreaterThan(2));
  fault = null;
  await vi.waitFor(() => expect(engine.failures().size).toBe(0));
  expect(applied('a')).toBe('first');
  steps.length = 0;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(steps).toEqual([]); // and then left alone
  engine.stop();
});
