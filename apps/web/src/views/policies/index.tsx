'use client';
/** One table over all zone pairs. The first policy that matches decides; order by dragging or with Alt and the arrow keys. */
import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { Plus } from 'lucide-react';
import { useDraft } from '@/draft/draft';
import { Inspector } from '@/forms/inspector';
import { useMarks, useOrder } from '@/forms/list-page';
import { newItem } from '@/forms/lists';
import { useQueryState, useSelection } from '@/forms/use-selection';
import { useCounters } from '@/lib/counters';
import { Button } from '@/ui/button';
import { Input } from '@/ui/field';
import { EmptyState, Page, Panel, Split } from '@/ui/page';
import { Table, Th } from '@/ui/table';
import { compilePolicyFilter } from './filter';
import { PolicyRow, WIDE } from './row';

export function Policies() {
  const { config, change } = useDraft();
  const [selected, select] = useSelection();
  const [query, setQuery] = useQueryState();
  const counters = useCounters();
  const marks = useMarks('policies');
  const { move, said } = useOrder('policies');
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const { policies } = config;
  const zones = ['from', 'to'].flatMap((key) => (query.get(key) ? [`${key}:${query.get(key)}`] : [])).join(' ');
  const filter = query.get('filter') ?? zones;
  const matches = compilePolicyFilter(filter, config);
  const statsOf = (id: string) => counters?.rules.find((rule) => rule.id === id);
  const shown = policies.filter((policy) => matches(policy, statsOf(policy.id)?.hits ?? 0));

  const add = (at = policies.length) => {
    const item = newItem(policies, 'policies', {
      ...(query.get('from') ? { from: [query.get('from')] } : {}),
      ...(query.get('to') ? { to: [query.get('to')] } : {}),
    });
    change((draft) => draft.policies.splice(at, 0, item as unknown as (typeof policies)[number]));
    select(item.id);
  };
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (over)
      move(
        String(active.id),
        policies.findIndex((policy) => policy.id === over.id),
      );
  };
  const addButton = (
    <Button variant="primary" onClick={() => add()}>
      <Plus aria-hidden className="size-4" /> Add policy
    </Button>
  );
  return (
    <Page title="Policies" description="The first policy that matches decides. What none matches is denied.">
      <div className="flex flex-wrap gap-2">
        <Input
          aria-label="Filter"
          placeholder="Filter: web, from:lan to:wan, src:10.0.0.5, action:deny, unused"
          className="w-full sm:w-[28rem]"
          value={filter}
          onChange={(event) => setQuery({ filter: event.target.value, from: null, to: null })}
        />
        {policies.length > 0 && addButton}
      </div>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      <Split
        list={
          <Panel>
            {policies.length === 0 ? (
              <EmptyState title="No policies yet" action={addButton}>
                Without a policy nothing passes from one zone to another. Begin with one that lets the home network
                reach the internet.
              </EmptyState>
            ) : (
              <DndContext id="policies" sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd}>
                <SortableContext items={shown.map((policy) => policy.id)} strategy={verticalListSortingStrategy}>
                  <Table label="Policies">
                    <thead>
                      <tr>
                        <Th>
                          <span className="sr-only">Order</span>
                        </Th>
                        {['#', 'On', 'Name'].map((label) => (
                          <Th key={label}>{label}</Th>
                        ))}
                        {['From', 'To', 'Source', 'Destination', 'Application', 'Action', 'Log'].map((label) => (
                          <Th key={label} className={WIDE}>
                            {label}
                          </Th>
                        ))}
                        <Th className="text-right">Hits</Th>
                        <Th className={WIDE}>Last hit</Th>
                      </tr>
                    </thead>
                    <tbody>
                      {shown.map((policy, row) => {
                        const index = policies.indexOf(policy);
                        return (
                          <PolicyRow
                            key={policy.id}
                            policy={policy}
                            index={index}
                            selected={policy.id === selected}
                            stats={statsOf(policy.id)}
                            marks={marks(policy, index)}
                            onSelect={() => select(policy.id)}
                            onMove={(by) => {
                              const neighbour = shown[row + by];
                              if (neighbour) move(policy.id, policies.indexOf(neighbour));
                            }}
                            onEnable={(enabled) =>
                              change((draft) => {
                                for (const item of draft.policies) if (item.id === policy.id) item.enabled = enabled;
                              })
                            }
                          />
                        );
                      })}
                    </tbody>
                  </Table>
                </SortableContext>
              </DndContext>
            )}
          </Panel>
        }
        inspector={
          selected && policies.some((policy) => policy.id === selected) ? (
            <div className="space-y-2">
              <div className="flex gap-2">
                <Button size="small" onClick={() => add(policies.findIndex((policy) => policy.id === selected))}>
                  Add above
                </Button>
                <Button size="small" onClick={() => add(policies.findIndex((policy) => policy.id === selected) + 1)}>
                  Add below
                </Button>
              </div>
              <Inspector key={selected} list="policies" id={selected} onSelect={select} />
            </div>
          ) : null
        }
      />
    </Page>
  );
}
