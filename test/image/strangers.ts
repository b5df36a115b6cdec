/** Hosts on the internet side that send to the home network by way of the box, IPv4 and IPv6, without a pause; and an ear in the home network. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { recordProcess } from '../lab/leftovers.ts';
import { endAll, startDetached } from '../lab/process.ts';
import type { Box } from './box.ts';

const WAN = { box4: '203.0.113.2', box6: '2001:db8:1::2', mac: '52:54:00:67:68:04', host6: '2001:db8:1::1' };
const LAN = { box6: '2001:db8:2::1', host4: '192.168.1.10', host6: '2001:db8:2::10' };

/** Gives both sides fixed addresses: the neighbours are known before the box can be asked for its own. */
export function addressesFor(config: Config): void {
  for (const item of config.interfaces)
    if (item.description === 'Internet') {
      Object.assign(item, { ipv4: 'static', ipv6: 'static', addresses: [`${WAN.box4}/24`, `${WAN.box6}/64`] });
      delete item.requestPrefix;
    } else if (item.description === 'Home network') {
      item.addresses.push(`${LAN.box6}/64`);
      delete item.delegatedFrom;
    }
}

export class Strangers {
  private readonly box: Box;
  private readonly files: string;

  private constructor(box: Box, files: string) {
    this.box = box;
    this.files = files;
  }

  static async make(box: Box, files: string): Promise<Strangers> {
    const ip = async (place: 'wan' | 'lan', ...args: string[]) => {
      const done = await box.on(place, ['ip', ...args]);
      if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
    };
    await ip('wan', 'address', 'replace', `${WAN.host6}/64`, 'dev', 'eth0', 'nodad');
    for (const address of [WAN.box4, WAN.box6])
      await ip('wan', 'neighbour', 'replace', address, 'lladdr', WAN.mac, 'dev', 'eth0');
    await ip('wan', 'route', 'replace', '192.168.1.0/24', 'via', WAN.box4);
    await ip('wan', '-6', 'route', 'replace', '2001:db8:2::/64', 'via', WAN.box6);
    await ip('lan', 'address', 'replace', `${LAN.host6}/64`, 'dev', 'eth0', 'nodad');
    await ip('lan', '-6', 'route', 'replace', 'default', 'via', LAN.box6);
    return new Strangers(box, files);
  }

  /** Sends while `work` goes on: lines of what came through to the home network. */
  async during(work: () => Promise<void>): Promise<string[]> {
    const heard = join(this.files, 'heard');
    rmSync(heard, { force: true });
    const start = (place: 'wan' | 'lan', argv: string[], logFile: string) => {
      const { id } = startDetached(argv, { netns: this.box.machine.namespace(place), logFile });
      recordProcess(this.box.machine.name, id);
      return id;
    };
    const from = `src host 203.0.113.1 or src host ${WAN.host6}`;
    const ear = start('lan', ['tcpdump', '-n', '-l', '-q', '-i', 'eth0', from], heard);
    const senders = [LAN.host4, LAN.host6].map((to) =>
      start('wan', ['ping', '-q', '-i', '0.05', '-w', '600', to], join(this.files, 'sent')),
    );
    try {
      await work();
    } finally {
      await endAll([...senders, ear]);
    }
    return readFileSync(heard, 'utf8')
      .split('\n')
      .filter((line) => /^\d\d:\d\d:.* IP6? /.test(line));
  }
}
