'use client';
/** Who may talk to whom, at a glance: from-zones down, to-zones across. */
import type { Policy } from '@gatehouse/config';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useDraft } from '@/draft/draft';
import { newItem } from '@/forms/lists';
import { useCounters } from '@/lib/counters';
import { compact } from '@/lib/format';
import { Badge, toneOfAction } from '@/ui/badge';
import { Button } from '@/ui/button';
import { EmptyState, Page, Panel } from '@/ui/page';
import { Table, Td, Th } from '@/ui/table';

const concerns = (entries: readonly string[], zone: string): boolean =>
  entries.includes('any') || entries.includes(zone);

/** What a cell says: the actions of its policies, in words. */
function summary(policies: readonly Policy[]): { word: string; action: string } {
  const actions = new Set(policies.map((policy) => policy.action));
  if (!actions.size) return { word: 'default deny', action: 'deny' };
  if (actions.size === 1) return { word: [...actions].join(), action: [...actions].join() };
  return {
    word: actions.has('permit') ? 'permits some' : 'mixed',
    action: actions.has('permit') ? 'permit' : 'reject',
  };
}

export function Matrix() {
  const { config, change } = useDraft();
  const counters = useCounters();
  const router = useRouter();
  const zones = config.zones.map((zone) => zone.name);
  const permit = (from: string, to: string) => {
    const item = newItem(config.policies, 'policies', { name: `${from}-to-${to}`, from: [from], to: [to] });
    change((draft) => draft.policies.push(item as unknown as Policy));
    router.push(`/policies?object=${item.id}`);
  };
  if (!zones.length)
    return (
      <Page title="Matrix">
        <Panel>
          <EmptyState title="No zones yet" action={<Button onClick={() => router.push('/zones')}>Make zones</Button>}>
            The matrix shows what may pass between zones.
          </EmptyState>
        </Panel>
      </Page>
    );
  return (
    <Page
      title="Matrix"
      description="Rows: where a connection begins. Columns: where it goes. Answers always come back."
    >
      <Panel>
        <Table label="Policies by zone pair">
          <thead>
            <tr>
              <Th>from \ to</Th>
              {zones.map((zone) => (
                <Th key={zone}>{zone}</Th>
              ))}
              <Th>the box itself</Th>
            </tr>
          </thead>
          <tbody>
            {config.zones.map((zone) => (
              <tr key={zone.id}>
                <Th scope="row">{zone.name}</Th>
                {zones.map((to) => {
                  const rules = config.policies.filter(
                    (policy) => policy.enabled && concerns(policy.from, zone.name) && concerns(policy.to, to),
                  );
                  const { word, action } = summary(rules);
                  const hits = rules.reduce(
                    (sum, rule) => sum + (counters?.rules.find((item) => item.id === rule.id)?.hits ?? 0),
                    0,
                  );
                  return (
                    <Td key={to} className="border-l border-line">
                      <Link href={`/policies?from=${zone.name}&to=${to}`} className="block hover:underline">
                        <Badge tone={rules.length ? toneOfAction(action) : 'neutral'}>{word}</Badge>
                        {rules.length > 0 && (
                          <p className="text-xs text-muted">
                            {rules.length} {rules.length === 1 ? 'rule' : 'rules'}, {compact(hits)} hits
                          </p>
                        )}
                      </Link>
                      {!rules.length && (
                        <Button size="small" variant="ghost" onClick={() => permit(zone.name, to)}>
                          Permit something
                        </Button>
                      )}
                    </Td>
                  );
                })}
                <Td className="border-l border-line">
                  <Link href={`/zones?object=${zone.id}`} className="hover:underline">
                    {zone.hostInbound.length ? (
                      <Badge tone="permit">{zone.hostInbound.join(', ')}</Badge>
                    ) : (
                      <Badge tone="neutral">default deny</Badge>
                    )}
                  </Link>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Panel>
    </Page>
  );
}
