/** Unknown data → a checked configuration, or everything that is wrong with it. */
import type { z } from 'zod';
import { checkReferences } from './checks/index.ts';
import { type Issue, issue, type Path, valueAt } from './issue.ts';
import { type Config, configSchema } from './schema.ts';

export type ParseResult = { ok: true; config: Config; issues: Issue[] } | { ok: false; issues: Issue[] };

function describeType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** What to do about zod's own complaints; our own bring their remedy along. */
function fromZod(problem: z.core.$ZodIssue, root: unknown): Issue[] {
  const path = problem.path as Path;
  const value = valueAt(root, path);
  switch (problem.code) {
    case 'custom':
      return [issue(path, value, problem.message, String(problem.params?.remedy ?? 'Correct the value.'))];
    case 'unrecognized_keys':
      return problem.keys.map((key) =>
        issue(
          [...path, key],
          valueAt(root, [...path, key]),
          'is not a known field',
          'Remove it, or look for a misspelling.',
        ),
      );
    case 'invalid_type':
      return value === undefined
        ? [issue(path, value, 'is missing', `Add it: ${problem.expected} expected.`)]
        : [
            issue(
              path,
              value,
              `is ${describeType(value)}`,
              `Write ${problem.expected === 'array' ? 'a list' : `a ${problem.expected}`}.`,
            ),
          ];
    case 'invalid_value':
      return [
        issue(
          path,
          value,
          value === undefined ? 'is missing' : 'is not one of the known values',
          `Choose one of: ${problem.values.join(', ')}.`,
        ),
      ];
    case 'invalid_union': {
      const options = 'options' in problem && Array.isArray(problem.options) ? problem.options.join(', ') : '';
      return [
        issue(
          path,
          value,
          'is not one of the known kinds',
          options ? `Choose one of: ${options}.` : 'Compare with the documentation of this field.',
        ),
      ];
    }
    case 'too_small':
      return [
        issue(
          path,
          value,
          problem.origin === 'array' ? 'is empty' : 'is too small',
          `The least is ${problem.minimum}.`,
        ),
      ];
    case 'too_big':
      return [
        issue(
          path,
          value,
          problem.origin === 'string' ? 'is too long' : 'is too large',
          `The most is ${problem.maximum}.`,
        ),
      ];
    default:
      return [issue(path, value, problem.message, 'Correct the value.')];
  }
}

/** Schema and cross-reference checks. Warnings alone do not refuse a configuration; they come back in `issues`. */
export function parseConfig(input: unknown): ParseResult {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) return { ok: false, issues: parsed.error.issues.flatMap((problem) => fromZod(problem, input)) };
  const issues = checkReferences(parsed.data);
  return issues.some((item) => item.severity === 'error')
    ? { ok: false, issues }
    : { ok: true, config: parsed.data, issues };
}

/** "policies 3 (guest-web), source 1": a path in words, with the names of the objects on the way. */
export function describePath(root: unknown, path: Path): string {
  const words: string[] = [];
  path.forEach((part, index) => {
    if (typeof part === 'string') {
      words.push(part);
      return;
    }
    const name = valueAt(root, [...path.slice(0, index + 1), 'name']);
    words.push(`${words.pop() ?? ''} ${part + 1}${typeof name === 'string' ? ` (${name})` : ''}`.trim());
  });
  return words.join(', ');
}
