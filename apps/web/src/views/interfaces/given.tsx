'use client';
/** What networks around the box gave it: addresses, gateways, prefixes, servers; asked for anew at a press. */
import type { AppRouter } from '@gatehouse/daemon/router';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { useDraft } from '@/draft/draft';
import { messageOf, useApi, useVisible } from '@/lib/api';
import { duration } from '@/lib/format';
import { Button } from '@/ui/button';
import { ErrorNote, Panel } from '@/ui/page';
import { mono, Table, Td, Th } from '@/ui/table';

export type Given = inferRouterOutputs<AppRouter>['dhcpClient']['leases'][number];

const LEASES_MS = 3000;

export function useGiven(): Given[] {
  const api = useApi();
  const visible = useVisible();
  const options = { refetchInterval: visible ? LEASES_MS : false } as const;
  return useQuery(api.dhcpClient.leases.queryOptions(undefined, options)).data ?? [];
}

export function GivenPanel({ given }: { given: readonly Given[] }) {
  const { config } = useDraft();
  const asking = config.interfaces.filter((item) => item.ipv4 === 'dhcp' || item.ipv6 !== 'static');
  if (asking.length === 0) return null;
  return (
    <Panel title="Given by the network">
      <Table label="Given by the network">
        <thead>
          <tr>
            {['Interface', 'IPv4', 'Gateway', 'IPv6', 'Delegated prefixes', 'DNS servers'].map((label) => (
              <Th key={label}>{label}</Th>
            ))}
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {asking.map(({ name }) => (
            <Row key={name} name={name} given={given.find((item) => item.interface === name)} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

/** One a line: IPv6 addresses are long. */
const lines = (texts: readonly string[]) =>
  texts.length ? texts.map((text) => <p key={text}>{text}</p>) : <span className="text-muted">none</span>;

function Row({ name, given }: { name: string; given: Given | undefined }) {
  const api = useApi();
  const client = useQueryClient();
  const renew = useMutation(
    api.dhcpClient.renew.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: api.dhcpClient.leases.queryKey() }),
    }),
  );
  const ipv4 = given?.ipv4;
  return (
    <tr className="hover:bg-raised/60">
      <Td className={mono}>{name}</Td>
      <Td className={mono}>
        {lines(ipv4 ? [ipv4.address] : [])}
        {ipv4?.server && (
          <p className="text-muted">
            by {ipv4.server}
            {ipv4.seconds !== null && `, for ${duration(ipv4.seconds * 1000)}`}
          </p>
        )}
      </Td>
      <Td className={mono}>{lines(ipv4?.routers ?? [])}</Td>
      <Td className={mono}>{lines(given?.ipv6?.addresses ?? [])}</Td>
      <Td className={mono}>{lines(given?.ipv6?.prefixes ?? [])}</Td>
      <Td className={mono}>{lines(given?.dns ?? [])}</Td>
      <Td className="text-right">
        <Button
          size="small"
          aria-label={`Renew ${name}`}
          disabled={renew.isPending}
          onClick={() => renew.mutate({ interface: name })}
        >
          Renew
        </Button>
        {renew.error && <ErrorNote>{messageOf(renew.error)}</ErrorNote>}
      </Td>
    </tr>
  );
}
