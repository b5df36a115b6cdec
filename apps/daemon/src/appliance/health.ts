/** Is the box well? What a person looks at first, and what decides whether a new image is kept. */
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { admitsPage, type Config } from '@gatehouse/config';
import type { InterfaceFact, SubsystemStatus } from '../subsystems/subsystem.ts';

export type HealthCheck = SubsystemStatus;

const PAGE_MS = 10_000;

/** Somebody can reach the page: an interface that is up, with an address, in a zone that admits it. */
export function managementCheck(config: Config, facts: readonly InterfaceFact[]): HealthCheck {
  const name = 'management address';
  const doors = config.interfaces.filter((item) => item.enabled && admitsPage(config, item.name));
  if (doors.length === 0) return { name, state: 'failed', message: 'no zone with an interface admits the page (web)' };
  const found = doors.flatMap((item) => {
    const fact = facts.find((device) => device.name === item.name);
    const address = fact?.up && fact.addresses.find((one) => one.scope === 'global');
    return address ? [`${address.address} on ${item.name}`] : [];
  });
  return found.length > 0
    ? { name, state: 'ok', message: found.join(', ') }
    : {
        name,
        state: 'failed',
        message: `${doors.map((item) => item.name).join(', ')}: no device that is up with an address`,
      };
}

/** Does the page answer on this box itself, the way a browser asks for it? */
export function pageCheck({ port: plain, tls }: Config['management']['web']): Promise<HealthCheck> {
  const name = 'page';
  const port = tls.enabled ? tls.port : plain;
  return new Promise((resolve) => {
    const failed = (message: string) => resolve({ name, state: 'failed', message });
    const target = { host: '127.0.0.1', port, path: '/login', timeout: PAGE_MS };
    const heard = (answer: IncomingMessage) => {
      answer.resume();
      if (answer.statusCode === 200) resolve({ name, state: 'ok', message: `answers on port ${port}` });
      else failed(`answers with ${answer.statusCode} on port ${port}`);
    };
    // whose certificate it is, the browser asks
    const request = tls.enabled ? getTls({ ...target, rejectUnauthorized: false }, heard) : getPlain(target, heard);
    request.on('timeout', () => request.destroy(new Error(`no answer within ${PAGE_MS / 1000} s`)));
    request.on('error', (error) => failed(`does not answer on port ${port}: ${error.message}`));
  });
}
