/** Pure: a plan as the configuration of kea-dhcp4 or kea-dhcp6, in words that 2.2 and 2.6 both know. */
import type { Family } from '@gatehouse/config';
import type { DhcpPlan, KeaReservation, OptionsOnly, Subnet } from './plan.ts';

/** Where one of the two servers keeps its things. */
export type KeaPlaces = {
  /** Rendered by us. */
  directory: string;
  /** Its control socket, process id and lock: of its own, mode 0750 (since 2.6.3 Kea takes no other mode). */
  control: string;
  /** Leases and the DHCPv6 server's own identifier: stays when the machine restarts. */
  data: string;
};

export const KEA_FILE = 'kea.json';
export const controlSocket = (places: KeaPlaces): string => `${places.control}/socket`;
export const leaseFile = (places: KeaPlaces): string => `${places.data}/leases.csv`;

const LIBRARIES = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as Record<string, string>;
/** The only directory from which Kea loads libraries (since 2.6.3). */
const HOOKS = `/usr/lib/${LIBRARIES[process.arch]}/kea/hooks`;

/** A cable that is plugged in later is noticed after this time; it is looked for as long as the server runs. */
const SOCKET_RETRY = { 'service-sockets-max-retries': 4_294_967_295, 'service-sockets-retry-wait-time': 5000 };

const address = (family: Family, { addresses, ...rest }: KeaReservation) =>
  family === 4 ? { ...rest, 'ip-address': addresses[0] } : { ...rest, 'ip-addresses': addresses };

/** RFC 2131, section 4.4.5, and RFC 8415, section 14.2: renew at half of the time, rebind at seven eighths. */
const timers = ({ leaseSeconds }: Subnet) => ({
  'valid-lifetime': leaseSeconds,
  'renew-timer': Math.floor(leaseSeconds / 2),
  'rebind-timer': Math.floor((leaseSeconds * 7) / 8),
});

/** Options for all clients of a device, without a subnet. */
const optionsClass = (item: OptionsOnly) => ({
  name: `stateless-${item.scope}`,
  test: `pkt.iface == '${item.interface}'`,
  'option-data': item.options,
});

function subnet(family: Family, item: Subnet, present: (device: string) => boolean) {
  return {
    id: item.id,
    subnet: item.subnet,
    ...(present(item.interface) ? { interface: item.interface } : {}),
    ...timers(item),
    ...(family === 6 ? { 'preferred-lifetime': Math.floor((item.leaseSeconds * 5) / 8) } : {}),
    pools: item.pools.map((pool) => ({ pool })),
    'option-data': item.options,
    reservations: item.reservations.map((entry) => address(family, entry)),
  };
}

/** `present`: which devices exist. Kea refuses a configuration that names another; one that is still to be made is left out in a check. */
export function keaConfig(
  plan: DhcpPlan,
  places: KeaPlaces,
  present: (device: string) => boolean = () => true,
): object {
  const { family, subnets, optionsOnly } = plan;
  const name = `kea-dhcp${family}`;
  const interfaces = new Set([...subnets, ...optionsOnly].map((item) => item.interface).filter(present));
  const output = [{ output: 'stdout' }];
  const common = {
    'interfaces-config': {
      interfaces: [...interfaces],
      // a client without an address hears only what is sent past the kernel's own IP
      ...(family === 4 ? { 'dhcp-socket-type': 'raw' } : {}),
      ...SOCKET_RETRY,
    },
    'control-socket': { 'socket-type': 'unix', 'socket-name': controlSocket(places) },
    'hooks-libraries': [{ library: `${HOOKS}/libdhcp_lease_cmds.so` }],
    'lease-database': { type: 'memfile', persist: true, name: leaseFile(places), 'lfc-interval': 3600 },
    'multi-threading': { 'enable-multi-threading': false },
    loggers: [
      { name, severity: 'INFO', output_options: output },
      // repeats every few seconds that a cable is not plugged in; the status tells that
      { name: `${name}.dhcpsrv`, severity: 'ERROR', output_options: output },
    ],
  };
  if (family === 4)
    return {
      Dhcp4: {
        ...common,
        authoritative: true,
        'host-reservation-identifiers': ['hw-address', 'client-id'],
        subnet4: subnets.map((item) => subnet(4, item, present)),
      },
    };
  return {
    Dhcp6: {
      ...common,
      // for 2.2; later ones are told by the environment
      'data-directory': places.data,
      'host-reservation-identifiers': ['duid', 'hw-address'],
      ...(optionsOnly.length ? { 'client-classes': optionsOnly.map(optionsClass) } : {}),
      subnet6: subnets.map((item) => subnet(6, item, present)),
    },
  };
}

/** All of the environment of both servers: their directories, which since 2.6.3 can not be chosen otherwise. */
export const keaEnvironment = (places: KeaPlaces): Record<string, string> => ({
  KEA_CONTROL_SOCKET_DIR: places.control,
  KEA_DHCP_DATA_DIR: places.data,
  KEA_LOCKFILE_DIR: places.control,
  KEA_PIDFILE_DIR: places.control,
});
