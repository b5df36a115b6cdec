/** Static routes: a next hop or an interface, and a next hop that can be reached. */
import { type Issue, issue } from '../issue.ts';
import type { Config } from '../schema.ts';
import { parseCidr, parseIp, prefixContains } from '../values.ts';
import { missing } from './lookup.ts';

export function checkRoutes(config: Config): Issue[] {
  const connected = config.interfaces.flatMap((item) =>
    item.addresses.map((text) => ({ name: item.name, prefix: parseCidr(text) })),
  );
  return config.routes.flatMap((route, index) => {
    const at = (key: string) => ['routes', index, key];
    const destination = parseCidr(route.destination);
    if (route.type !== 'unicast')
      return route.nextHop !== undefined || route.interface !== undefined
        ? [
            issue(
              at('nextHop'),
              route.nextHop ?? route.interface,
              `is set on a ${route.type} route`,
              'Remove next hop and interface, or make the type unicast.',
            ),
          ]
        : [];
    if (route.nextHop === undefined && route.interface === undefined)
      return [issue(at('nextHop'), undefined, 'is missing', 'Name a next hop, an interface or both.')];
    const issues: Issue[] = [];
    if (route.interface !== undefined && !config.interfaces.some((item) => item.name === route.interface))
      issues.push(
        missing(
          at('interface'),
          route.interface,
          'interface',
          config.interfaces.map((item) => item.name),
        ),
      );
    if (route.nextHop !== undefined) {
      const hop = parseIp(route.nextHop);
      if (hop && destination && hop.family !== destination.family)
        issues.push(
          issue(
            at('nextHop'),
            route.nextHop,
            'is of another family than the destination',
            `Write an IPv${destination.family} address.`,
          ),
        );
      else if (hop && connected.some(({ prefix }) => prefix?.family === hop.family && prefix.value === hop.value))
        issues.push(
          issue(at('nextHop'), route.nextHop, 'is an address of this box', 'Name the router on the other side.'),
        );
      else if (
        hop &&
        !connected.some(({ prefix }) => prefix && prefixContains(prefix, hop)) &&
        (hop.family === 4 || hop.value >> 118n !== 0x3fan)
      )
        issues.push(
          issue(
            at('nextHop'),
            route.nextHop,
            'is in no network of an interface',
            'Check the address; the route works only once the next hop can be reached.',
            'warning',
          ),
        );
    }
    return issues;
  });
}
