/** Secure shell on the box: off until the configuration says so, with keys only, from zones that admit it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { beforeAll, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS } from '../lab/names.ts';
import { useAppliance } from './fixture.ts';

const bench = useAppliance('ssh', baseConfig());
const file = (name: string) => join(bench.lab.directory, name);
let key: string;

beforeAll(async () => {
  for (const name of ['key', 'stranger'])
    await bench.lab.exec('lan', ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  key = readFileSync(file('key.pub'), 'utf8').trim();
});

const withSsh = (edit: (config: Config) => void = () => {}): Config =>
  baseConfig((config) => {
    config.management.ssh = { enabled: true, authorizedKeys: [key] };
    for (const zone of config.zones) if (zone.name === 'lan') zone.hostInbound.push('ssh');
    edit(config);
  });

/** What a command on the box prints, or the reason why there is no shell. */
async function shell(from: 'lan' | 'dmz', identity: string, ...command: string[]): Promise<string> {
  const done = await bench.lab.tryExec(from, [
    ...['ssh', '-F', 'none', '-i', file(identity), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    ...['-o', 'ConnectTimeout=2', `root@${HOSTS[from].gateway4}`, ...command],
  ]);
  return done.status === 0 ? done.stdout.trim() : done.stderr.trim();
}

it('is off, then on for the key that is named, from the zone that admits it', async () => {
  expect(await shell('lan', 'key', 'echo', 'in')).toMatch(/timed out|refused/);
  await bench.appliance.commit(withSsh());
  expect(await shell('lan', 'key', 'echo', 'in')).toBe('in');
  expect(await shell('lan', 'stranger', 'echo', 'in')).toMatch(/Permission denied/);
  expect(await shell('dmz', 'key', 'echo', 'in')).toMatch(/timed out/);
});

it('another key is taken without ending an open session; off ends the listener', async () => {
  const open = shell('lan', 'key', 'sleep', '4;', 'echo', 'still');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const stranger = readFileSync(file('stranger.pub'), 'utf8').trim();
  await bench.appliance.commit(
    withSsh((config) => {
      config.management.ssh.authorizedKeys = [stranger];
    }),
  );
  expect(await shell('lan', 'stranger', 'echo', 'in')).toBe('in');
  expect(await shell('lan', 'key', 'echo', 'in')).toMatch(/Permission denied/);
  expect(await open).toBe('still');
  await bench.appliance.commit(baseConfig());
  expect(await shell('lan', 'stranger', 'echo', 'in')).toMatch(/timed out|refused/);
});
