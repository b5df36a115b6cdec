/** Zones: an interface belongs to one zone; screens exist. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';
import { missing } from './lookup.ts';

const MAX_ZONES = 62; /* GH_MAX_ZONES without unassigned and self */

export function checkZones(config: Config): Issue[] {
  const issues: Issue[] = [];
  const owner = new Map<string, string>();
  if (config.zones.length > MAX_ZONES)
    issues.push(issue(['zones'], config.zones.length, 'are too many', `At most ${MAX_ZONES} zones are possible.`));
  config.zones.forEach((zone, index) => {
    zone.interfaces.forEach((name, position) => {
      const path = ['zones', index, 'interfaces', position];
      if (!config.interfaces.some((item) => item.name === name))
        issues.push(
          missing(
            path,
            name,
            'interface',
            config.interfaces.map((item) => item.name),
          ),
        );
      const other = owner.get(name);
      if (other !== undefined)
        issues.push(
          issue(
            path,
            name,
            `is already in zone ${other}`,
            'An interface belongs to one zone: remove it from the other.',
          ),
        );
      owner.set(name, zone.name);
    });
    if (zone.screen !== undefined && !config.screens.some((screen) => screen.name === zone.screen))
      issues.push(
        missing(
          ['zones', index, 'screen'],
          zone.screen,
          'screen',
          config.screens.map((screen) => screen.name),
        ),
      );
    if (new Set(zone.hostInbound).size !== zone.hostInbound.length)
      issues.push(
        issue(['zones', index, 'hostInbound'], zone.hostInbound, 'names a service twice', 'Remove one of them.'),
      );
  });
  config.interfaces.forEach((item, index) => {
    const carries = config.interfaces.some((other) => other.parent === item.name);
    if (item.enabled && !owner.has(item.name) && !(carries && !item.addresses.length))
      issues.push(
        issue(
          ['interfaces', index, 'name'],
          item.name,
          'is in no zone, so its packets are dropped',
          'Put it into a zone.',
          'warning',
        ),
      );
  });
  return issues;
}
