import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectServices } from '../src/process/services/direct.ts';

let directory: string;
let services: DirectServices;
const sleeper = { name: 'sleeper', program: '/bin/sleep', args: ['1000'] };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-services-'));
  services = new DirectServices(directory, () => {});
});
afterEach(async () => {
  await services.stop(sleeper);
  services.close();
  rmSync(directory, { recursive: true });
});

test('a service is started once, found by the next daemon, and stopped', async () => {
  await services.start(sleeper);
  const pid = await services.pid(sleeper);
  expect(pid).toBeGreaterThan(1);
  await services.start(sleeper);
  const next = new DirectServices(directory, () => {});
  expect(await next.pid(sleeper)).toBe(pid);
  await next.restart(sleeper);
  expect(await next.pid(sleeper)).not.toBe(pid);
  await next.stop(sleeper);
  next.close();
  expect(await services.pid(sleeper)).toBe(null);
});

test('a service that ends by itself comes back; one that was stopped does not', async () => {
  await services.start(sleeper);
  const pid = await services.pid(sleeper);
  expect(await services.signal(sleeper, 'SIGKILL')).toBe(true);
  // just after the signal the old process may still be there
  await expect.poll(async () => [null, pid].includes(await services.pid(sleeper)), { timeout: 8000 }).toBe(false);
  await services.stop(sleeper);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await services.pid(sleeper)).toBe(null);
  expect(await services.signal(sleeper, 'SIGHUP')).toBe(false);
});

test('a program that can not run says what it wrote', async () => {
  const broken = { name: 'broken', program: '/bin/ls', args: ['/no/such/place'] };
  await expect(services.start(broken)).rejects.toThrow(/broken ended at once: .*no\/such\/place/);
  const missing = { name: 'missing', program: '/no/such/program', args: [] };
  await expect(services.start(missing)).rejects.toThrow(/missing ended at once/);
});
