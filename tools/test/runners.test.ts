/** The counting decides what "green" means: what did not run must not look like what passed. */
import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest } from '../testing/runners.ts';

const file = (over: object) => ({ name: 'a.test.ts', status: 'passed', assertionResults: [], ...over });
const test = (status: string) => ({ status, fullName: `a ${status} test` });

describe('counting a vitest report', () => {
  it('counts what passed and what failed', () => {
    const count = countVitest({
      testResults: [file({ status: 'failed', assertionResults: [test('passed'), test('passed'), test('failed')] })],
    });
    expect([count.passed, count.failed]).toEqual([2, 1]);
    expect(count.problems).toEqual(['a.test.ts: a failed test (failed)']);
  });

  it.each(['pending', 'skipped', 'todo', 'disabled'])('counts a %s test as a failure', (status) => {
    const count = countVitest({ testResults: [file({ assertionResults: [test('passed'), test(status)] })] });
    expect([count.passed, count.failed]).toEqual([1, 1]);
  });

  it('counts a file that did not load as a failure', () => {
    const count = countVitest({ testResults: [file({ status: 'failed', message: 'cannot find module' })] });
    expect([count.passed, count.failed]).toEqual([0, 1]);
    expect(count.problems[0]).toContain('cannot find module');
  });
});

describe('counting a Playwright report', () => {
  const suite = (...statuses: string[]) => ({
    title: 'story.spec.ts',
    suites: [{ title: 'inner', specs: statuses.map((status) => ({ title: 'step', tests: [{ status }] })) }],
  });

  it('counts only what went as expected as passed', () => {
    const count = countPlaywright({ suites: [suite('expected', 'unexpected', 'flaky', 'skipped')] });
    expect([count.passed, count.failed]).toEqual([1, 3]);
  });

  it('counts errors outside of tests', () => {
    const count = countPlaywright({ suites: [suite('expected')], errors: [{ message: 'no browser' }] });
    expect([count.passed, count.failed]).toEqual([1, 1]);
  });
});
