'use client';
/** Named addresses and applications. */
import { type Address, type ApplicationTerm, type Config, predefinedApplications } from '@gatehouse/config';
import { useDraft } from '@/draft/draft';
import { KindTabs, useKind } from '@/forms/kinds';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { Page, Panel } from '@/ui/page';
import { mono, Table, Td, Th } from '@/ui/table';

const KINDS = ['addresses', 'addressGroups', 'applications', 'applicationGroups'] as const;
const LABELS = {
  addresses: 'Addresses',
  addressGroups: 'Address groups',
  applications: 'Applications',
  applicationGroups: 'Application groups',
} as const;

function valueOfAddress(address: Address): string {
  if (address.type === 'host') return address.address;
  return address.type === 'prefix' ? address.prefix : `${address.from} – ${address.to}`;
}

/** "tcp 80,443", "icmp type 8" */
export function termText(term: ApplicationTerm): string {
  const parts = [String(term.protocol)];
  if (term.destinationPort) parts.push(term.destinationPort);
  if (term.sourcePort) parts.push(`from ${term.sourcePort}`);
  if (term.icmpType !== undefined) parts.push(`type ${term.icmpType}`);
  if (term.icmpCode !== undefined) parts.push(`code ${term.icmpCode}`);
  return parts.join(' ');
}

const name = { label: 'Name', cell: (item: { name: string }) => <span className="font-medium">{item.name}</span> };
const description = {
  label: 'Description',
  cell: (item: { description?: string | undefined }) => item.description ?? '',
};

const ADDRESSES: readonly Column<Address>[] = [
  name,
  { label: 'Type', cell: (item) => item.type },
  { label: 'Value', cell: valueOfAddress, className: mono },
  description,
];
const GROUPS: readonly Column<Config['addressGroups'][number]>[] = [
  name,
  { label: 'Members', cell: (item) => <Names names={item.members} /> },
  description,
];
const APPLICATIONS: readonly Column<Config['applications'][number]>[] = [
  name,
  { label: 'Terms', cell: (item) => item.terms.map(termText).join('; '), className: mono },
  description,
];

export function Objects() {
  const { config } = useDraft();
  const [kind, choose] = useKind(KINDS);
  return (
    <Page title="Objects" description="Names for addresses and applications, used in policies and NAT rules.">
      <KindTabs
        kinds={KINDS.map((item) => ({ kind: item, label: LABELS[item], count: config[item].length }))}
        chosen={kind}
        onChoose={choose}
      />
      {kind === 'addresses' && (
        <ListPage key={kind} list={kind} columns={ADDRESSES} purpose="A host, a network or a range, by name." />
      )}
      {kind === 'addressGroups' && (
        <ListPage key={kind} list={kind} columns={GROUPS} purpose="Several addresses that rules treat alike." />
      )}
      {kind === 'applications' && (
        <ListPage
          key={kind}
          list={kind}
          columns={APPLICATIONS}
          purpose="Protocols and ports by name, beside the predefined ones below."
        />
      )}
      {kind === 'applicationGroups' && (
        <ListPage key={kind} list={kind} columns={GROUPS} purpose="Several applications that rules treat alike." />
      )}
      {kind === 'applications' && <Predefined />}
    </Page>
  );
}

function Predefined() {
  return (
    <Panel title={`Predefined (${predefinedApplications.length})`}>
      <Table label="Predefined applications">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Terms</Th>
          </tr>
        </thead>
        <tbody>
          {predefinedApplications.map((item) => (
            <tr key={item.id}>
              <Td>{item.name}</Td>
              <Td className={mono}>{item.terms.map(termText).join('; ')}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
