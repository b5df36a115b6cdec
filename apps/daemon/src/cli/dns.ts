/** show dns, show ntp. */
import type { Client } from './client.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

export async function showDns(client: Client): Promise<Output> {
  const status = await client.dns.status.query();
  const { statistics, forwards, blockLists } = status;
  if (!status.enabled) return { data: status, text: 'off: the configuration does not use it' };
  const lines = statistics
    ? [
        `queries     ${statistics.queries}`,
        `from cache  ${statistics.cacheHits}`,
        `bogus       ${statistics.bogus}`,
        ...forwards.map((item) => `forwarded   ${item.zone} to ${item.servers.join(' ')}`),
      ]
    : [`does not answer: ${status.error}`];
  const rows = blockLists.map((list) => [
    list.name,
    list.names,
    list.skipped,
    list.fetchedAt === null ? 'never' : new Date(list.fetchedAt).toISOString(),
    [list.cut ? 'cut at the limit' : null, list.error].filter(Boolean).join('; '),
  ]);
  const lists = rows.length > 0 ? ['', table(['block list', 'names', 'skipped', 'fetched', ''], rows)] : [];
  return { data: status, text: [...lines, ...lists].join('\n') };
}

export async function showNtp(client: Client): Promise<Output> {
  const status = await client.ntp.status.query();
  const { tracking, sources } = status;
  if (!status.enabled) return { data: status, text: 'off: the configuration does not use it' };
  if (!tracking) return { data: status, text: `does not answer: ${status.error}` };
  const rows = sources.map((item) => [
    item.name,
    item.state,
    item.stratum,
    item.reach.toString(8),
    item.lastAnswer === null ? 'never' : `${item.lastAnswer} s`,
    `${(item.offset * 1000).toFixed(3)} ms`,
  ]);
  return {
    data: status,
    text: [
      tracking.synchronised
        ? `synchronised with ${tracking.source}, stratum ${tracking.stratum}, offset ${(tracking.offset * 1000).toFixed(3)} ms`
        : 'not synchronised',
      '',
      table(['source', 'state', 'stratum', 'reach', 'last answer', 'offset'], rows),
    ].join('\n'),
  };
}
