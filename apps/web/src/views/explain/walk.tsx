/** The stages a packet went through; the one that decided is large. */
import type { AppRouter } from '@gatehouse/daemon/router';
import type { inferRouterOutputs } from '@trpc/server';
import { Check, Minus, X } from 'lucide-react';
import Link from 'next/link';
import { cn } from '@/lib/cn';
import { endpoint } from '@/lib/format';
import { Badge, toneOfAction } from '@/ui/badge';
import { Panel } from '@/ui/page';

type Answer = inferRouterOutputs<AppRouter>['explain']['packet'];
type Stage = Answer['stages'][number];

const PAGES: Record<string, string> = {
  policy: '/policies',
  zone: '/zones',
  'source-nat': '/nat?kind=source',
  'destination-nat': '/nat?kind=destination',
  'static-nat': '/nat?kind=static',
};

const WORDS = { forward: 'Forwarded', host: 'Delivered to the box', drop: 'Dropped', reject: 'Rejected' } as const;

function hrefOf({ type, id }: NonNullable<Stage['object']>): string | null {
  const page = PAGES[type];
  return page ? `${page}${page.includes('?') ? '&' : '?'}object=${encodeURIComponent(id)}` : null;
}

/** The stage that decided: the first that dropped, else the policy, else the last. */
function decidingIndex(stages: readonly Stage[]): number {
  const drop = stages.findIndex((stage) => stage.outcome === 'drop' || stage.outcome === 'reject');
  if (drop >= 0) return drop;
  const policy = stages.findIndex((stage) => stage.stage === 'policy' || stage.stage === 'host-inbound');
  return policy >= 0 ? policy : stages.length - 1;
}

const tuple = ({ source, sourcePort, destination, destinationPort }: Stage['packet']): string =>
  `${endpoint(source, sourcePort)} → ${endpoint(destination, destinationPort)}`;

export function Walk({ title, answer }: { title: string; answer: Answer }) {
  const deciding = decidingIndex(answer.stages);
  return (
    <Panel title={title} actions={<Badge tone={toneOfAction(answer.verdict)}>{WORDS[answer.verdict]}</Badge>}>
      <ol aria-label={`${title}: stages`} className="p-3">
        {answer.stages.map((stage, index) => {
          const bad = stage.outcome === 'drop' || stage.outcome === 'reject';
          const Sign = bad ? X : stage.outcome === 'miss' ? Minus : Check;
          const before = answer.stages[index - 1];
          const changed = before && tuple(before.packet) !== tuple(stage.packet);
          const href = stage.object && hrefOf(stage.object);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a stage can come twice
            <li key={index} className="relative flex gap-3 border-l border-line pb-3 pl-4 last:pb-0">
              <Sign
                aria-hidden
                className={cn(
                  'absolute top-0.5 -left-2 size-4 rounded-full bg-panel',
                  bad ? 'text-deny' : stage.outcome === 'miss' ? 'text-muted' : 'text-permit',
                )}
              />
              <div>
                <p className={cn('font-medium', index === deciding && 'text-base')}>{stage.title}</p>
                <p className={cn(index === deciding ? 'text-text' : 'text-muted')}>
                  {stage.detail}{' '}
                  {href && (
                    <Link className="underline" href={href}>
                      {stage.object?.name}
                    </Link>
                  )}
                </p>
                {(index === 0 || changed) && (
                  <p className={cn('font-mono text-xs', changed ? 'text-nat' : 'text-muted')}>{tuple(stage.packet)}</p>
                )}
              </div>
            </li>
          );
        })}
      </ol>
      {answer.egress && (
        <p className="border-t border-line px-3 py-2 text-muted">
          Leaves on <span className="font-mono">{answer.egress.interface}</span>
          {answer.egress.nextHopMac && (
            <>
              {' '}
              to <span className="font-mono">{answer.egress.nextHopMac}</span>
            </>
          )}
        </p>
      )}
    </Panel>
  );
}
