/** The filter language of the policy table: free words, and from:, to:, src:, dst:, app:, action:, unused, disabled. Pure. */
import { type Config, matchesAddress, type Policy } from '@gatehouse/config';

type Test = (policy: Policy, hits: number) => boolean;

const names = (entries: readonly string[], value: string): boolean =>
  entries.some((entry) => entry.toLowerCase().includes(value));

function compileWord(word: string, config: Config): Test {
  const [, key, value] = /^(from|to|src|dst|app|action):(.+)$/.exec(word) ?? [];
  if (key && value)
    switch (key) {
      case 'from':
      case 'to':
        return (policy) => policy[key].includes(value) || policy[key].includes('any');
      case 'src':
        return ({ source }) => names(source, value) || matchesAddress(config, source, value);
      case 'dst':
        return ({ destination }) => names(destination, value) || matchesAddress(config, destination, value);
      case 'app':
        return ({ application }) => names(application, value);
      case 'action':
        return ({ action }) => action === value;
    }
  if (word === 'unused') return (_, hits) => hits === 0;
  if (word === 'disabled') return ({ enabled }) => !enabled;
  return (policy) => JSON.stringify(policy).toLowerCase().includes(word);
}

/** All words must hold. */
export function compilePolicyFilter(text: string, config: Config): Test {
  const tests = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => compileWord(word, config));
  return (policy, hits) => tests.every((test) => test(policy, hits));
}
