import { configTree, parseConfig } from '@gatehouse/config';
import { expect, it } from 'vitest';
import { newEntry } from '../src/forms/values.ts';

function itemOf(section: string, key: string) {
  const field = configTree.fields.find((item) => item.key === section);
  if (field?.node.kind !== 'object') throw new Error(section);
  const list = field.node.fields.find((item) => item.key === key)?.node;
  if (list?.kind !== 'list') throw new Error(key);
  return list.item;
}

it('a new entry has the defaults of its fields and an id; only what must be written is wrong', () => {
  const server = newEntry(itemOf('ntp', 'servers')) as Record<string, unknown>;
  expect(server).toMatchObject({ name: '', kind: 'server', nts: false });
  expect(server.id).toMatch(/^[0-9a-f]{16}$/);
  const host = newEntry(itemOf('dns', 'hosts'));
  expect(host).toMatchObject({ name: '', addresses: [] });
  const result = parseConfig({ ntp: { servers: [server] }, dns: { hosts: [host] } });
  expect(
    result.issues
      .filter((item) => item.severity === 'error')
      .map((item) => item.pointer)
      .sort(),
  ).toEqual(['/dns/hosts/0/addresses', '/dns/hosts/0/name', '/ntp/servers/0/name']);
});
