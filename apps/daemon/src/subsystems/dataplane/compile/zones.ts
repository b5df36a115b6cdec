/** Zones: slots, what they admit to the box, screens. */
import { screen as screenFlag, type Zone } from '@gatehouse/bpf/abi';
import { type Config, clientServicesOf } from '@gatehouse/config';
import type { Registry } from '../registry.ts';
import type { IntervalSet } from './intervals.ts';
import { normalize } from './intervals.ts';
import type { HostServiceSet } from './layer4.ts';
import { type ApplicationTerm, slotsOfTerm } from './resolve.ts';

/** A service that a zone may admit to the box. Bit = place in the list; the first is "all" and has no terms. */
export type HostService = { name: string; terms: (config: Config) => ApplicationTerm[] };

/**
 * Slot of every zone by name.
 * @throws SlotsExhausted when there are more zones than the tables hold
 */
export function zoneSlotsOf(config: Config, registry: Registry): Map<string, number> {
  return new Map(
    config.zones.map((zone) => {
      const number = registry.number('zone', zone.id, zone.name);
      return [zone.name, registry.slot('zone', number)] as const;
    }),
  );
}

export function compileZones(
  config: Config,
  registry: Registry,
  zoneSlots: Map<string, number>,
  services: readonly HostService[],
): Map<number, Zone> {
  const bitOf = new Map(services.map((service, bit) => [service.name, bit]));
  const screens = new Map(config.screens.map((screen) => [screen.name, screenBits(screen)]));
  return new Map(
    config.zones.map((zone) => {
      let hostInbound = 0n;
      const clients = config.interfaces.filter((item) => zone.interfaces.includes(item.name)).flatMap(clientServicesOf);
      for (const name of [...zone.hostInbound, ...clients]) {
        const bit = bitOf.get(name);
        if (bit === undefined)
          throw new Error(`the host service "${name}" does not exist: the configuration was not checked`);
        hostInbound |= 1n << BigInt(bit);
      }
      return [
        zoneSlots.get(zone.name) as number,
        {
          id: registry.number('zone', zone.id, zone.name),
          hostInbound,
          screens: zone.screen === undefined ? 0 : (screens.get(zone.screen) ?? 0),
        },
      ] as const;
    }),
  );
}

function screenBits(screen: Config['screens'][number]): number {
  return (
    (screen.land ? screenFlag.land : 0) |
    (screen.synFin ? screenFlag.synFin : 0) |
    (screen.noFlag ? screenFlag.noFlag : 0) |
    (screen.finNoAck ? screenFlag.finNoAck : 0)
  );
}

/** Layer-4 slots of the host services. */
export function hostServiceSets(config: Config, services: readonly HostService[]): HostServiceSet[] {
  return services
    .map((service, bit) => ({ bit, set: normalize(service.terms(config).flatMap(slotsOfTerm)) as IntervalSet }))
    .filter(({ set }) => set.length > 0);
}
