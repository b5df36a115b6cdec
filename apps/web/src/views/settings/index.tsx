'use client';
import { configTree } from '@gatehouse/config';
import { ObjectForm } from '@/forms/object-form';
import { Page, Panel } from '@/ui/page';

const SECTIONS = ['system', 'management', 'flow', 'defaultDeny'];

export function Settings() {
  return (
    <Page title="Settings" description="The box itself: its name, its page, how sessions age.">
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        {configTree.fields
          .filter((field) => SECTIONS.includes(field.key))
          .map((field) => (
            <Panel key={field.key} title={field.meta.label}>
              <div className="p-3">
                {field.node.kind === 'object' && (
                  <ObjectForm fields={field.node.fields} path={[field.key]} list={null} />
                )}
              </div>
            </Panel>
          ))}
      </div>
    </Page>
  );
}
