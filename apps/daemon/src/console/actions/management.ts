/** The management interface: for somebody whose cable is in another port, whose network changed, or who locked the page out. */
import { admitsPage, type Config, parseCidr, zoneOfInterface } from '@gatehouse/config';
import { FIRST_ADDRESS } from '../../first-boot.ts';
import { assign, exchange, managementInterface, rangeFor, withoutInterface } from '../assign.ts';
import { pageUrl } from '../page-address.ts';
import type { Entry, Session } from '../session.ts';
import { cut, WIDTH } from '../words.ts';
import { decideTest, missingInterfaces, showChanges } from './changes.ts';

type Port = Awaited<ReturnType<Session['client']['interfaces']['list']['query']>>[number];
/** Devices that a person can put a cable into. */
const isPort = (port: Port): boolean => port.mac !== null && !['vlan', 'bridge'].includes(port.kind);

const portWords = (port: Port): string =>
  cut(
    [
      port.name.padEnd(7),
      (port.carrier ? 'link' : 'no link').padEnd(7),
      port.mac,
      (port.driver ?? '-').padEnd(10),
      (port.zone ?? '-').padEnd(6),
      port.addresses[0] ?? '-',
    ].join(' '),
    WIDTH - 6,
  );

async function dropMissing(session: Session, config: Config): Promise<Config> {
  const missing = await missingInterfaces(session, config);
  for (const name of missing)
    session.terminal.print(
      `${name} is configured, but there is no such device: it is taken out, with what hangs on it.`,
    );
  return missing.reduce(withoutInterface, config);
}

async function askAddress({ terminal }: Session, fallback: string): Promise<string> {
  for (;;) {
    const answer = await terminal.ask('Address of the box there, with prefix length', fallback);
    if (parseCidr(answer)) return answer;
    terminal.print(`"${answer}" is no address with prefix length. Write for example ${FIRST_ADDRESS}/24.`);
  }
}

/** Which zone a device without one comes into. */
async function askZone({ terminal }: Session, config: Config): Promise<string> {
  const fallback = config.zones.find((zone) => zone.hostInbound.includes('web'))?.name ?? 'lan';
  if (config.zones.length === 0) return fallback;
  const names = config.zones.map((zone) => zone.name);
  return terminal.choose('Zone of the port', names, (name) => name, Math.max(0, names.indexOf(fallback)));
}

/** On the chosen port: what the present one does, or something of its own. */
async function takeOver(session: Session, config: Config, device: string): Promise<Config> {
  const { terminal } = session;
  const present = managementInterface(config);
  // a VLAN stays on its parent
  if (present === undefined || present.name === device || present.type !== 'ethernet') return config;
  const now = present.name;
  const other = config.interfaces.some((item) => item.name === device)
    ? `${now} does what ${device} does now`
    : `${now} is left without a task`;
  const way = await terminal.choose(
    `The page is on ${now} now`,
    [
      { moves: true, text: `${device} takes its place (addresses, zone, DHCP); ${other}` },
      { moves: false, text: `${now} stays as it is, ${device} is one more` },
    ],
    (item) => item.text,
  );
  return way.moves ? exchange(config, now, device) : config;
}

export const management: Entry = {
  title: 'Assign the management interface, its address and zone',
  async run(session) {
    const { terminal, client } = session;
    await decideTest(session);
    const [{ config: before, revision }, devices] = await Promise.all([
      client.config.running.query(),
      client.interfaces.list.query(),
    ]);
    const ports = devices.filter(isPort);
    terminal.print('Into which port is your computer plugged?');
    const now = ports.findIndex((port) => port.name === managementInterface(before)?.name);
    const { name: device } = await terminal.choose('Port', ports, portWords, now < 0 ? undefined : now);

    let config = await dropMissing(session, await takeOver(session, before, device));
    const own = config.interfaces.find((item) => item.name === device)?.addresses ?? [];
    const address = await askAddress(
      session,
      own.find((text) => parseCidr(text)?.family === 4) ?? own[0] ?? `${FIRST_ADDRESS}/24`,
    );
    const zone = zoneOfInterface(config, device)?.name ?? (await askZone(session, config));
    const served = config.dhcpServer.ipv4.some((scope) => scope.interface === device);
    const range = rangeFor(address);
    const dhcp = !served && range !== null && (await terminal.yes(`Hand out ${range} there (DHCP)?`));
    config = assign(config, { device, address, zone, dhcp });

    if (!showChanges(session, before, config)) {
      if (admitsPage(before, device)) terminal.print(`The page is at ${pageUrl(before, address.split('/')[0] ?? '')}`);
      return;
    }
    terminal.print('It is applied at once and kept. Connections over ports whose task changes end; others go on.');
    if (!(await terminal.yes('Apply?'))) return;
    await client.config.commit.mutate({
      config,
      base: revision,
      message: `management interface ${device}, ${address}`,
    });
    terminal.print(`Done. The page is at ${pageUrl(config, address.split('/')[0] ?? '')}`);
  },
};
