'use client';
/** A section of the configuration that stands alone, as a form beside what its service says now. */
import { configTree } from '@gatehouse/config';
import type { ReactNode } from 'react';
import { Panel } from '@/ui/page';
import { ObjectForm } from './object-form';

export function SectionPage({ section, children }: { section: string; children: ReactNode }) {
  const field = configTree.fields.find((item) => item.key === section);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
      <Panel title="Configuration">
        <div className="p-3">
          {field?.node.kind === 'object' && <ObjectForm fields={field.node.fields} path={[section]} list={null} />}
        </div>
      </Panel>
      <div className="space-y-4">{children}</div>
    </div>
  );
}

/** Names with values, as a service tells them. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 p-3">
      {facts.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
