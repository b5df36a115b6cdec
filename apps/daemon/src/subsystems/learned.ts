/** What the DNS and time subsystems hear from DHCP: from the client on the outside, from the server on the inside. */

export type Learned = { interface: string; dns: string[]; ntp: string[]; domain: string | null };

/** Servers that a provider named by DHCP. */
export type LearnedServers = {
  learned(): readonly Learned[];
  /** Calls back on every change; returns the way to stop. */
  onChange(changed: () => void): () => void;
};

export type LeaseName = { name: string; address: string };

/** Hosts that the box gave an address and that told their name. The names are the hosts' own words: not to be trusted. */
export type LeaseNames = {
  names(): LeaseName[];
  onChange(changed: () => void): () => void;
};

/** The names as of the last change, from a DHCP server that is asked for them. */
export function leaseNamesOf(
  server: { list(): Promise<readonly LeaseName[]>; watch(changed: () => void): () => void },
  log: (text: string) => void,
): LeaseNames {
  let known: LeaseName[] = [];
  const listeners = new Set<() => void>();
  const refresh = async () => {
    known = (await server.list()).map(({ name, address }) => ({ name, address }));
    for (const listener of listeners) listener();
  };
  const look = () => void refresh().catch((error: Error) => log(`names of leases: ${error.message}`));
  server.watch(look);
  return {
    names: () => known,
    onChange: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
