/** NAT rules: names exist, families fit, translations have the same size. */
import { type Issue, issue, type Path } from '../issue.ts';
import { familiesOf } from '../resolve.ts';
import type { Config } from '../schema.ts';
import { bitsOf, parseCidr, parseIp, parseLiteral, parsePorts } from '../values.ts';
import { missing, Names } from './lookup.ts';

const MAX_POOL = 65536;

function checkPools(config: Config): Issue[] {
  return config.nat.pools.flatMap((pool, index) => {
    const issues: Issue[] = [];
    pool.addresses.forEach((text, position) => {
      const span = parseLiteral(text);
      if (span && span.last - span.first >= BigInt(MAX_POOL))
        issues.push(
          issue(
            ['nat', 'pools', index, 'addresses', position],
            text,
            'has too many addresses',
            `Use at most ${MAX_POOL}.`,
          ),
        );
    });
    if (parsePorts(pool.ports)?.[0]?.first === 0)
      issues.push(
        issue(
          ['nat', 'pools', index, 'ports'],
          pool.ports,
          'begins with port 0',
          'Begin with 1024, or at least with 1.',
        ),
      );
    return issues;
  });
}

function checkSource(config: Config, names: Names): Issue[] {
  return config.nat.source.flatMap((rule, index) => {
    const at = (key: string): Path => ['nat', 'source', index, key];
    const issues = [
      ...names.zoneList(at('from'), rule.from),
      ...names.zoneList(at('to'), rule.to),
      ...names.addressList(at('source'), rule.source),
      ...names.addressList(at('destination'), rule.destination),
      ...names.applicationList(at('application'), rule.application),
    ];
    if (rule.translation.type !== 'pool') return issues;
    const poolName = rule.translation.pool;
    const pool = config.nat.pools.find((item) => item.name === poolName);
    if (!pool)
      return [...issues, missing(['nat', 'source', index, 'translation', 'pool'], poolName, 'NAT pool', names.pools)];
    if (issues.length) return issues;
    const wanted = familiesOf(config, rule.source);
    if (!pool.addresses.some((text) => wanted.has(parseLiteral(text)?.family ?? 4)))
      issues.push(
        issue(
          ['nat', 'source', index, 'translation', 'pool'],
          poolName,
          'has no address of the source\u2019s family',
          'Choose another pool, or restrict the source.',
        ),
      );
    return issues;
  });
}

function checkDestination(config: Config, names: Names): Issue[] {
  return config.nat.destination.flatMap((rule, index) => {
    const at = (...keys: string[]): Path => ['nat', 'destination', index, ...keys];
    const issues = [
      ...names.zoneList(at('from'), rule.from),
      ...names.addressList(at('source'), rule.source),
      ...names.addressList(at('destination'), rule.destination),
    ];
    if (issues.length) return issues;
    const target = parseIp(rule.translation.address);
    if (target && !familiesOf(config, rule.destination).has(target.family))
      issues.push(
        issue(
          at('translation', 'address'),
          rule.translation.address,
          'is of another family than the destination',
          'Use an address of the same family.',
        ),
      );
    const range = parsePorts(rule.port)?.[0];
    if (range && range.first !== range.last && rule.translation.port !== undefined)
      issues.push(
        issue(
          at('translation', 'port'),
          rule.translation.port,
          'is set for a range of ports',
          'Leave it away: ports of a range stay as they are.',
        ),
      );
    return issues;
  });
}

function checkStatic(config: Config, names: Names): Issue[] {
  return config.nat.static.flatMap((rule, index) => {
    const at = (key: string): Path => ['nat', 'static', index, key];
    const issues = names.zoneList(at('from'), rule.from);
    const sides = (['external', 'internal'] as const).map((key) => {
      const text = rule[key];
      const single = parseIp(text);
      const prefix = single ? { ...single, length: bitsOf(single.family) } : parseCidr(text);
      if (!prefix) issues.push(issue(at(key), text, 'is a range', 'Use an address or a prefix.'));
      return prefix;
    });
    const [external, internal] = sides;
    if (external && internal && external.family !== internal.family)
      issues.push(
        issue(at('internal'), rule.internal, 'is of another family than the outside', 'Use addresses of one family.'),
      );
    else if (external && internal && external.length !== internal.length)
      issues.push(
        issue(at('internal'), rule.internal, 'is of another size than the outside', 'Use prefixes of the same length.'),
      );
    return issues;
  });
}

export function checkNat(config: Config): Issue[] {
  const names = new Names(config);
  return [
    ...checkPools(config),
    ...checkSource(config, names),
    ...checkDestination(config, names),
    ...checkStatic(config, names),
  ];
}
