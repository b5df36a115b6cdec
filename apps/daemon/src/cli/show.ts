/** The show commands: data from the daemon, as JSON or as text. */
import { redact, toText } from '@gatehouse/config';
import type { Client } from './client.ts';
import { showDns, showNtp } from './dns.ts';
import type { Output } from './output.ts';
import { endText, table } from './table.ts';

async function showConfig(client: Client): Promise<Output> {
  const { config } = await client.config.running.query();
  return { data: config, text: toText(redact(config)).trimEnd() };
}

async function showStatus(client: Client): Promise<Output> {
  const [status, state] = await Promise.all([client.system.status.query(), client.config.state.query()]);
  const pending = state.pending
    ? `revision ${state.pending.revision.slice(0, 12)} by ${state.pending.actor}, undone in ${Math.max(0, Math.round(((state.pending.deadline ?? 0) - state.serverTime) / 1000))} s unless confirmed`
    : 'none';
  return {
    data: { ...status, state },
    text: [
      `version     ${status.version}`,
      `running     ${state.running ?? 'nothing'}`,
      `boot        ${state.boot ?? 'nothing'}`,
      `pending     ${pending}`,
      `generation  ${status.generation}`,
      `lost events ${status.lostEvents}`,
      ...status.subsystems.map((item) => `${item.name.padEnd(11)} ${item.state}: ${item.message}`),
    ].join('\n'),
  };
}

async function showInterfaces(client: Client): Promise<Output> {
  const list = await client.interfaces.list.query();
  const rows = list.map((item) => [
    item.name,
    item.up ? (item.carrier ? 'up' : 'no carrier') : 'down',
    item.zone ?? '-',
    item.mode ?? '-',
    item.counters.rxPackets,
    item.counters.txPackets,
    item.counters.drops,
    item.addresses.join(' '),
  ]);
  return {
    data: list,
    text: table(['name', 'link', 'zone', 'mode', 'rx packets', 'tx packets', 'drops', 'addresses'], rows),
  };
}

async function showCounters(client: Client): Promise<Output> {
  const counters = await client.counters.get.query();
  return {
    data: counters,
    text: [
      table(
        ['drop reason', 'packets', 'bytes'],
        counters.reasons.filter((item) => item.packets).map((item) => [item.name, item.packets, item.bytes]),
      ),
      '',
      table(
        ['rule', 'kind', 'hits', 'packets', 'bytes'],
        counters.rules.map((item) => [item.id, item.kind, item.hits, item.packets, item.bytes]),
      ),
      '',
      `sessions ${counters.sessions.active} of ${counters.sessions.limit}`,
    ].join('\n'),
  };
}

async function showSessions(client: Client): Promise<Output> {
  const result = await client.sessions.list.query({ filter: {}, limit: 1000 });
  const rows = result.sessions.map((item) => [
    item.protocol,
    endText(item.source),
    endText(item.destination),
    [item.translatedSource, item.translatedDestination].map((side) => (side ? endText(side) : '-')).join(' '),
    `${item.fromZone ?? '-'} > ${item.toZone ?? '-'}`,
    item.rule?.name ?? '-',
    item.state,
    item.packets.join('/'),
    item.bytes.join('/'),
    item.expiresIn,
  ]);
  const header = [
    'protocol',
    'source',
    'destination',
    'translated',
    'zones',
    'rule',
    'state',
    'packets',
    'bytes',
    'expires',
  ];
  return { data: result, text: `${table(header, rows)}\n${result.total} sessions` };
}

async function showHistory(client: Client): Promise<Output> {
  const list = await client.config.history.query();
  const rows = list.map((item, index) => [
    index,
    item.revision.slice(0, 12),
    new Date(item.time).toISOString(),
    item.actor,
    item.message,
  ]);
  return { data: list, text: table(['n', 'revision', 'time', 'actor', 'message'], rows) };
}

async function showLog(client: Client): Promise<Output> {
  const list = await client.events.recent.query({ limit: 200 });
  const rows = list.map((item) => [
    new Date(item.time).toISOString(),
    item.kind,
    item.protocol,
    endText({ address: item.source, port: item.sourcePort }),
    endText({ address: item.destination, port: item.destinationPort }),
    `${item.fromZone ?? '-'} > ${item.toZone ?? '-'}`,
    item.rule?.name ?? '-',
    item.reason ?? '',
  ]);
  return {
    data: list,
    text: table(['time', 'event', 'protocol', 'source', 'destination', 'zones', 'rule', 'reason'], rows),
  };
}

async function showDhcpLeases(client: Client): Promise<Output> {
  const list = await client.dhcp.leases.query();
  const rows = list.map((item) => [
    item.address,
    item.mac ?? '-',
    item.duid ?? item.clientId ?? '-',
    item.hostName ?? '-',
    item.scope ?? '-',
    item.state,
    new Date(item.expiresAt).toISOString(),
    item.reservation ?? '-',
  ]);
  const header = ['address', 'MAC address', 'client', 'host name', 'scope', 'state', 'expires', 'reservation'];
  return { data: list, text: table(header, rows) };
}

async function showDhcpClient(client: Client): Promise<Output> {
  const list = await client.dhcpClient.leases.query();
  const rows = list.map((item) => [
    item.interface,
    [item.ipv4?.address, ...(item.ipv6?.addresses ?? [])].filter(Boolean).join(' ') || '-',
    item.ipv6?.prefixes.join(' ') || '-',
    item.ipv4?.server ?? '-',
    item.ipv4?.routers.join(' ') || '-',
    item.dns.join(' ') || '-',
  ]);
  const header = ['interface', 'addresses', 'delegated', 'server', 'routers', 'DNS'];
  return { data: list, text: table(header, rows) };
}

async function showCertificate(client: Client): Promise<Output> {
  const data = await client.system.certificate.query();
  if (data === null) return { data, text: 'the page is served without TLS' };
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const rows = [
    ['subject', data.subject],
    ['issuer', data.own ? 'this box itself' : data.issuer],
    ['names', data.names],
    ['valid', `${day(data.validFrom)} to ${day(data.validTo)}`],
    ['SHA-256', data.fingerprint],
  ];
  return { data, text: rows.map(([label = '', value]) => `${label.padEnd(9)}${value}`).join('\n') };
}

async function showVpn(): Promise<Output> {
  return { data: { tunnels: [] }, text: 'no tunnels are configured' };
}

export const views: Record<string, (client: Client) => Promise<Output>> = {
  config: showConfig,
  certificate: showCertificate,
  status: showStatus,
  interfaces: showInterfaces,
  counters: showCounters,
  sessions: showSessions,
  history: showHistory,
  log: showLog,
  'dhcp-client': showDhcpClient,
  'dhcp-leases': showDhcpLeases,
  vpn: showVpn,
  dns: showDns,
  ntp: showNtp,
};
