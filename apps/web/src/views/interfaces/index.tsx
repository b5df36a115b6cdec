'use client';
/** Configured interfaces with what the kernel says of them, and devices that are not configured yet. */
import { type Config, zoneOfInterface } from '@gatehouse/config';
import type { AppRouter } from '@gatehouse/daemon/router';
import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { Plus } from 'lucide-react';
import { useDraft } from '@/draft/draft';
import { type Column, ListPage, Names } from '@/forms/list-page';
import { newItem } from '@/forms/lists';
import { useSelection } from '@/forms/use-selection';
import { useApi, useVisible } from '@/lib/api';
import { rate, useCounterPair } from '@/lib/counters';
import { bitRate, linkSpeed } from '@/lib/format';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Page, Panel } from '@/ui/page';
import { mono, number } from '@/ui/table';
import { type Given, GivenPanel, useGiven } from './given';

type Interface = Config['interfaces'][number];
type Device = inferRouterOutputs<AppRouter>['interfaces']['list'][number];

export function useDevices(): Device[] {
  const api = useApi();
  const visible = useVisible();
  return useQuery(api.interfaces.list.queryOptions(undefined, { refetchInterval: visible ? 2000 : false })).data ?? [];
}

export function Link({ device }: { device: Device | undefined }) {
  if (!device) return <Badge tone="neutral">no device</Badge>;
  if (!device.up) return <Badge tone="neutral">off</Badge>;
  if (!device.carrier) return <Badge tone="deny">no link</Badge>;
  return <Badge tone="permit">{device.speed ? linkSpeed(device.speed) : 'up'}</Badge>;
}

function Rates({ name }: { name: string }) {
  const pair = useCounterPair();
  if (!pair) return '';
  const of = (key: 'rxBytes' | 'txBytes') =>
    rate(pair, (all) => all.interfaces.find((item) => item.name === name)?.[key] ?? 0);
  return (
    <span className="whitespace-nowrap">
      ↓ {bitRate(of('rxBytes'))} ↑ {bitRate(of('txBytes'))}
    </span>
  );
}

/** Queues spread packets over processors: their number bounds how many work. */
function Hardware({ device }: { device: Device | undefined }) {
  if (!device) return '';
  const name = device.driver ?? device.kind;
  if (!device.queues) return name;
  const { rx, tx } = device.queues;
  return (
    <span className="whitespace-nowrap" title={`${rx} receive and ${tx} transmit queues`}>
      {name} ({rx} rx, {tx} tx)
    </span>
  );
}

/** One a line: IPv6 addresses are long. What a network gave stands below what is configured. */
function Addresses({ addresses, given }: { addresses: readonly string[]; given: Given | undefined }) {
  const lent = [...(given?.ipv4 ? [given.ipv4.address] : []), ...(given?.ipv6?.addresses ?? [])];
  if (addresses.length + lent.length === 0) return <Names names={[]} />;
  return (
    <>
      {addresses.map((address) => (
        <p key={address} className="whitespace-nowrap">
          {address}
        </p>
      ))}
      {lent.map((address) => (
        <p key={address} className="whitespace-nowrap" title="Given by the network">
          {address} <span className="text-muted">given</span>
        </p>
      ))}
    </>
  );
}

export function Interfaces() {
  const { config, change } = useDraft();
  const [, select] = useSelection();
  const devices = useDevices();
  const given = useGiven();
  const deviceOf = (name: string) => devices.find((device) => device.name === name);
  const columns: readonly Column<Interface>[] = [
    { label: 'Name', cell: (item) => <span className="font-mono font-medium">{item.name}</span> },
    { label: 'Zone', cell: (item) => zoneOfInterface(config, item.name)?.name ?? <Badge tone="reject">no zone</Badge> },
    {
      label: 'Link',
      cell: (item) => (item.enabled ? <Link device={deviceOf(item.name)} /> : <Badge tone="neutral">off</Badge>),
    },
    {
      label: 'Addresses',
      cell: (item) => <Addresses addresses={item.addresses} given={given.find((one) => one.interface === item.name)} />,
      className: mono,
    },
    { label: 'MTU', cell: (item) => item.mtu ?? deviceOf(item.name)?.mtu ?? '', className: number },
    {
      label: 'Path',
      cell: (item) => <span className="whitespace-nowrap">{deviceOf(item.parent ?? item.name)?.mode ?? ''}</span>,
      className: mono,
    },
    {
      label: 'Driver',
      cell: (item) => <Hardware device={deviceOf(item.parent ?? item.name)} />,
      className: mono,
    },
    { label: 'Rate', cell: (item) => <Rates name={item.name} />, className: number },
    { label: 'Description', cell: (item) => item.description ?? '' },
  ];
  const free = devices.filter((device) => !config.interfaces.some((item) => item.name === device.name));
  const configure = (device: Device) => {
    const item = newItem(config.interfaces, 'interfaces', { name: device.name, addresses: [] });
    change((draft) => draft.interfaces.push(item as unknown as Interface));
    select(item.id);
  };
  return (
    <Page title="Interfaces" description="Ports of the box and VLANs on them.">
      <ListPage
        list="interfaces"
        columns={columns}
        purpose="Configure a device below to give it an address and a zone."
        over={() => ({ type: 'vlan', name: 'vlan10', vlanId: 10, parent: config.interfaces[0]?.name ?? '' })}
      />
      <GivenPanel given={given} />
      {free.length > 0 && (
        <Panel title="Devices without configuration">
          <ul className="divide-y divide-line">
            {free.map((device) => (
              <li key={device.name} className="flex items-center gap-3 px-3 py-2">
                <span className="font-mono text-xs">{device.name}</span>
                <span className="text-muted">{device.mac ?? device.kind}</span>
                <Link device={device} />
                <span className="flex-1" />
                <Button size="small" onClick={() => configure(device)}>
                  <Plus aria-hidden className="size-3.5" /> Configure {device.name}
                </Button>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Page>
  );
}
