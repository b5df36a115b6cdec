'use client';
/** The box as a machine: its version, its health, its image. */
import { useQuery } from '@tanstack/react-query';
import { Facts } from '@/forms/section';
import { messageOf, useApi, useNow, useVisible } from '@/lib/api';
import { duration } from '@/lib/format';
import { Badge, type Tone } from '@/ui/badge';
import { ErrorNote, Page, Panel, Skeleton } from '@/ui/page';
import { Table, Td, Th } from '@/ui/table';
import { Backup } from './backup';
import { Image } from './image';
import { Power } from './power';
import { FactoryReset } from './reset';
import { Support } from './support';

const HEALTH_MS = 10_000;
const TONES: Record<'ok' | 'degraded' | 'failed', Tone> = { ok: 'permit', degraded: 'reject', failed: 'deny' };

export function System() {
  return (
    <Page title="System" description="Version, health, image and backup of this box." actions={<Power />}>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        <div className="space-y-4">
          <About />
          <Health />
          <Support />
        </div>
        <div className="space-y-4">
          <Image />
          <Backup />
          <FactoryReset />
        </div>
      </div>
    </Page>
  );
}

function About() {
  const api = useApi();
  const now = useNow();
  const status = useQuery(api.system.status.queryOptions());
  const state = useQuery(api.system.state.queryOptions());
  const up = status.data && (
    <span title={new Date(status.data.startedAt).toLocaleString()}>{duration(now - status.data.startedAt)}</span>
  );
  return (
    <Panel title="About">
      {status.error && <ErrorNote>{messageOf(status.error)}</ErrorNote>}
      {!status.data ? (
        <Skeleton lines={3} />
      ) : (
        <Facts
          facts={[
            ['Host name', state.data?.hostName],
            ['Version', status.data.version],
            ['Daemon up for', up],
          ]}
        />
      )}
    </Panel>
  );
}

function Health() {
  const api = useApi();
  const visible = useVisible();
  const health = useQuery(api.system.health.queryOptions(undefined, { refetchInterval: visible ? HEALTH_MS : false }));
  return (
    <Panel title="Health">
      {health.error && <ErrorNote>{messageOf(health.error)}</ErrorNote>}
      {!health.data ? (
        <Skeleton lines={6} />
      ) : (
        <Table label="Health">
          <thead>
            <tr>
              <Th>Part</Th>
              <Th>State</Th>
              <Th>Detail</Th>
            </tr>
          </thead>
          <tbody>
            {health.data.map((check) => (
              <tr key={check.name}>
                <Td>{check.name}</Td>
                <Td>
                  <Badge tone={TONES[check.state]}>{check.state}</Badge>
                </Td>
                <Td>{check.message}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}
