/** The real servers of the lab's hosts, with their configuration files in the lab's own directory. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labDirectory, recordProcess } from './leftovers.ts';
import { DOMAIN, HOSTS, type HostName, INTERNET, SERVER_PORTS } from './names.ts';
import { startDetached, tryRun } from './process.ts';
import { namespaceOf } from './topology.ts';
import { waitUntil } from './wait.ts';

/** Size of the file at `/bulk`, in bytes: big enough for many full-sized packets, small enough to be done at once. */
export const BULK_BYTES = 2_000_000;

/** The page names the host and the client as the server sees it, so that a translation shows. */
function nginxConfig(host: HostName, directory: string): string {
  return `
daemon off;
user root;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  default_type text/plain;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`).join('\n  ')}
  server {
    listen ${SERVER_PORTS.http} default_server;
    listen [::]:${SERVER_PORTS.http} default_server;
    location = /bulk { root ${directory}; }
    location / { return 200 "host ${host} client $remote_addr server $server_addr\\n"; }
  }
}
`;
}

function dnsmasqConfig(): string {
  const records: [string, string][] = [
    ['lan', `${HOSTS.lan.ip4},${HOSTS.lan.ip6}`],
    ['dmz', `${HOSTS.dmz.ip4},${HOSTS.dmz.ip6}`],
    ['wan', `${HOSTS.wan.ip4},${HOSTS.wan.ip6}`],
    ['www', `${INTERNET.ip4},${INTERNET.ip6}`],
  ];
  return [
    'keep-in-foreground',
    'user=root',
    'no-resolv',
    'no-hosts',
    'no-poll',
    'pid-file=',
    `port=${SERVER_PORTS.dns}`,
    // names of the internet; one that leads into a private network
    `host-record=www.example.net,${INTERNET.ip4}`,
    `host-record=ads.example.net,${INTERNET.ip4}`,
    'host-record=rebind.example.net,10.10.0.10',
    ...records.map(([name, addresses]) => `host-record=${name}.${DOMAIN},${addresses}`),
    '',
  ].join('\n');
}

type Server = { name: string; argv: string[]; port: number; kind: 'tcp' | 'udp' };

function serversOf(host: HostName, directory: string): Server[] {
  const files = { nginx: join(directory, 'nginx.conf'), dnsmasq: join(directory, 'dnsmasq.conf') };
  writeFileSync(files.nginx, nginxConfig(host, directory));
  writeFileSync(join(directory, 'bulk'), Buffer.alloc(BULK_BYTES, `bulk data of ${host}\n`));
  writeFileSync(files.dnsmasq, dnsmasqConfig());
  const own = [HOSTS[host].ip4, HOSTS[host].ip6, ...(host === 'wan' ? [INTERNET.ip4, INTERNET.ip6] : [])];
  const echo = [process.execPath, join(import.meta.dirname, 'echo-server.ts'), host, String(SERVER_PORTS.echo), ...own];
  const iperf = (port: number): Server => ({
    name: `iperf3-${port}`,
    argv: ['iperf3', '--server', '--port', String(port)],
    port,
    kind: 'tcp',
  });
  const servers: Server[] = [
    { name: 'nginx', argv: ['nginx', '-p', directory, '-c', files.nginx], port: SERVER_PORTS.http, kind: 'tcp' },
    { name: 'echo', argv: echo, port: SERVER_PORTS.echo, kind: 'udp' },
    iperf(SERVER_PORTS.iperf),
    iperf(SERVER_PORTS.iperfSecond),
  ];
  if (host !== 'lan')
    servers.push({
      name: 'dnsmasq',
      argv: ['dnsmasq', `--conf-file=${files.dnsmasq}`],
      port: SERVER_PORTS.dns,
      kind: 'udp',
    });
  return servers;
}

/** Starts the servers of a host and waits until each of them listens. */
export async function startServers(lab: string, host: HostName): Promise<void> {
  const directory = join(labDirectory(lab), host);
  mkdirSync(directory, { recursive: true });
  const netns = namespaceOf(lab, host);
  const servers = serversOf(host, directory);
  for (const server of servers)
    recordProcess(lab, startDetached(server.argv, { netns, logFile: join(directory, `${server.name}.log`) }).id);
  await waitUntil(`the servers of ${host}`, async () => {
    const listening = (await tryRun(['ss', '-Hlntu'], { netns })).stdout;
    const missing = servers.filter(({ kind, port }) => !new RegExp(`^${kind}\\s.*:${port}\\s`, 'm').test(listening));
    if (missing.length)
      throw new Error(
        missing
          .map(
            ({ name }) =>
              `${name} does not listen: ${readFileSync(join(directory, `${name}.log`), 'utf8').slice(-500)}`,
          )
          .join('; '),
      );
    return true;
  });
}
