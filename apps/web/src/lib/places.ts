/** Where things are on the page. */
import type { Config, Path } from '@gatehouse/config';
import {
  Activity,
  BadgeCheck,
  BookA,
  Clock,
  Compass,
  EthernetPort,
  GitCommitHorizontal,
  Grid3x3,
  LayoutDashboard,
  ListOrdered,
  type LucideIcon,
  Network,
  Repeat,
  Route,
  ScrollText,
  Server,
  Settings,
  Shapes,
  ShieldAlert,
  SquareStack,
  Users,
} from 'lucide-react';

export type Place = { href: string; label: string; icon: LucideIcon; words: string };
export type Group = { label: string; places: Place[] };

export const GROUPS: readonly Group[] = [
  {
    label: '',
    places: [{ href: '/', label: 'Overview', icon: LayoutDashboard, words: 'dashboard throughput drops health' }],
  },
  {
    label: 'Network',
    places: [
      { href: '/interfaces', label: 'Interfaces', icon: Network, words: 'ports vlan address mtu link' },
      { href: '/zones', label: 'Zones', icon: SquareStack, words: 'host-inbound services' },
      {
        href: '/dhcp',
        label: 'DHCP',
        icon: EthernetPort,
        words: 'scopes leases reservations ipv6 router advertisements slaac ra',
      },
      { href: '/routing', label: 'Routing', icon: Route, words: 'static routes gateway' },
      { href: '/dns', label: 'DNS', icon: BookA, words: 'resolver names hosts forwarders block lists dnssec' },
      { href: '/time', label: 'Time', icon: Clock, words: 'ntp clock chrony nts servers' },
    ],
  },
  {
    label: 'Policy',
    places: [
      { href: '/matrix', label: 'Matrix', icon: Grid3x3, words: 'zones from to' },
      { href: '/policies', label: 'Policies', icon: ListOrdered, words: 'rules permit deny reject' },
      { href: '/objects', label: 'Objects', icon: Shapes, words: 'addresses groups applications services' },
      { href: '/nat', label: 'NAT', icon: Repeat, words: 'source destination static pool port forwarding masquerade' },
      { href: '/screens', label: 'Screens', icon: ShieldAlert, words: 'land syn-fin scans' },
    ],
  },
  {
    label: 'Observe',
    places: [
      { href: '/sessions', label: 'Sessions', icon: Activity, words: 'connections states flows' },
      { href: '/log', label: 'Log', icon: ScrollText, words: 'drops events reasons' },
      { href: '/explain', label: 'Explain', icon: Compass, words: 'packet tracer test why' },
    ],
  },
  {
    label: 'System',
    places: [
      {
        href: '/system',
        label: 'System',
        icon: Server,
        words: 'version health update image slots uptime reboot power off backup restore factory reset support bundle',
      },
      { href: '/history', label: 'History', icon: GitCommitHorizontal, words: 'commits revisions rollback compare' },
      { href: '/certificates', label: 'Certificates', icon: BadgeCheck, words: 'tls https pem key x509 pki' },
      { href: '/users', label: 'Users', icon: Users, words: 'administrators roles passwords' },
      { href: '/settings', label: 'Settings', icon: Settings, words: 'host name timeouts banner management' },
    ],
  },
];
export const PLACES: readonly Place[] = GROUPS.flatMap((group) => group.places);

const PAGE_OF: Record<string, string> = {
  interfaces: '/interfaces',
  routes: '/routing',
  zones: '/zones',
  screens: '/screens',
  addresses: '/objects?kind=addresses',
  addressGroups: '/objects?kind=addressGroups',
  applications: '/objects?kind=applications',
  applicationGroups: '/objects?kind=applicationGroups',
  policies: '/policies',
  users: '/users',
  certificates: '/certificates',
  routerAdvertisements: '/dhcp?kind=routerAdvertisements',
  dns: '/dns',
  ntp: '/time',
};
/** Sections of several lists: one page, the list in its address. */
const PAGE_OF_SECTION: Record<string, string> = { nat: '/nat', dhcpServer: '/dhcp' };

/** The page that edits what a path names, with its object selected. */
export function hrefOf(config: Config, path: Path): string {
  const [section, second, third] = path;
  const several = PAGE_OF_SECTION[String(section)];
  const page = several ? `${several}?kind=${String(second)}` : (PAGE_OF[String(section)] ?? '/settings');
  const place = config[section as keyof Config];
  const list = several ? (place as Record<string, unknown> | undefined)?.[String(second)] : place;
  const index = Number(several ? third : second);
  const item = Array.isArray(list) ? (list[index] as { id: string } | undefined) : undefined;
  return item ? `${page}${page.includes('?') ? '&' : '?'}object=${encodeURIComponent(item.id)}` : page;
}
