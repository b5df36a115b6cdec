/** Who stands where in the lab. The addresses are from the documentation ranges (RFC 5737, RFC 3849) and RFC 1918. */

export type HostName = 'lan' | 'dmz' | 'wan';
export type Place = HostName | 'appliance';

export type Host = {
  name: HostName;
  /** The appliance's device on this network. */
  device: string;
  ip4: string;
  ip6: string;
  /** Further addresses of the host's own device. */
  more: string[];
  gateway4: string;
  gateway6: string;
};

export const HOSTS: Readonly<Record<HostName, Host>> = {
  lan: {
    name: 'lan',
    device: 'lan0',
    ip4: '10.10.0.10',
    ip6: '2001:db8:10::10',
    more: ['10.10.0.11/24', '2001:db8:10::11/64'],
    gateway4: '10.10.0.1',
    gateway6: '2001:db8:10::1',
  },
  dmz: {
    name: 'dmz',
    device: 'dmz0',
    ip4: '10.20.0.10',
    ip6: '2001:db8:20::10',
    more: [],
    gateway4: '10.20.0.1',
    gateway6: '2001:db8:20::1',
  },
  wan: {
    name: 'wan',
    device: 'wan0',
    ip4: '203.0.113.100',
    ip6: '2001:db8:ffff::100',
    more: [],
    gateway4: '203.0.113.1',
    gateway6: '2001:db8:ffff::1',
  },
};

/** A server of the internet, behind the WAN host as its router (the address is on that host's loopback). */
export const INTERNET = { ip4: '198.51.100.10', ip6: '2001:db8:cafe::10' };

/** Public addresses that the provider (the WAN host) routes to the appliance: for static NAT and pools. */
export const ROUTED = { prefix4: '192.0.2.0/24', prefix6: '2001:db8:100::/48' };

export const SERVER_PORTS = { http: 80, echo: 7, dns: 53, iperf: 5201, iperfSecond: 5202 };

/** The domain that the lab's DNS servers answer for: `dmz.lab.test`, `wan.lab.test`, `www.lab.test`. */
export const DOMAIN = 'lab.test';
