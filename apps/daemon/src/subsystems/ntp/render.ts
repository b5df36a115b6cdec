/** chrony.conf(5), for chrony 4.3 and later. Sources stand in a directory of their own: they change without a restart. */
import { join } from 'node:path';
import { parseIp } from '@gatehouse/config';
import type { Files } from '../rendered.ts';
import { DEFAULT_SOURCE, type NtpPlan, type NtpSource } from './plan.ts';

export type Places = {
  /** Written by chronyd while it runs: socket, pid file. */
  control: string;
  /** Survives a reboot: drift file, keys of NTS. */
  state: string;
  /** Sources that DHCP told. */
  live: string;
  caBundle: string;
};

const sourceLine = ({ name, kind, nts }: NtpSource): string => `${kind} ${name} iburst${nts ? ' nts' : ''}\n`;

/** `learned`: are there sources in the live directory? */
export function renderNtp(plan: NtpPlan, directory: string, places: Places): Files {
  const serves = plan.networks.length > 0;
  const lines = [
    `sourcedir ${directory}`,
    `sourcedir ${places.live}`,
    `driftfile ${join(places.state, 'drift')}`,
    `ntsdumpdir ${places.state}`,
    `ntstrustedcerts ${places.caBundle}`,
    `pidfile ${join(places.control, 'pid')}`,
    `bindcmdaddress ${join(places.control, 'socket')}`,
    'cmdport 0',
    `port ${serves ? 123 : 0}`,
    ...plan.networks.map((network) => `allow ${network}`),
    // a box without a clock of its own is years behind: stepped within its first three updates, slewed from then on
    'makestep 1 3',
    'rtcsync',
    'leapsectz right/UTC',
    'maxupdateskew 100',
    'clientloglimit 524288',
  ];
  return new Map([
    ['chrony.conf', `${lines.join('\n')}\n`],
    ['configured.sources', plan.sources.map(sourceLine).join('')],
  ]);
}

/** Servers that DHCP told; the default pool when nothing else is known. */
export function renderLearnedSources(plan: NtpPlan, learned: readonly string[]): string {
  const known = plan.useLearned ? learned.filter((server) => parseIp(server)) : [];
  const stated = new Set(plan.sources.map((source) => source.name));
  const fresh = [...new Set(known)].filter((server) => !stated.has(server));
  if (fresh.length > 0) return fresh.map((name) => sourceLine({ name, kind: 'server', nts: false })).join('');
  return plan.sources.length > 0 ? '' : sourceLine(DEFAULT_SOURCE);
}
