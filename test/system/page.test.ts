/** The page's server: it follows the port of the running configuration, and comes back with it. */

import type { Config } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS } from '../lab/names.ts';
import { waitUntil } from '../lab/wait.ts';
import { fetchPage, useAppliance } from './fixture.ts';

const bench = useAppliance('page', baseConfig());
const onPort = (port: number): Config =>
  baseConfig((config) => {
    config.management.web.port = port;
  });
const answers = async (port: number) =>
  (await fetchPage(bench.lab, 'lan', HOSTS.lan.gateway4, { port, path: '/login', seconds: 1 })).failure === 'none';

describe('a commit that moves the page', () => {
  it('is followed, and so is its undoing', async () => {
    await bench.appliance.startWeb();
    expect(await answers(8080)).toBe(true);
    await bench.appliance.commit(onPort(9443), 60);
    await waitUntil('the page on its new port', () => answers(9443));
    expect(await answers(8080)).toBe(false);
    await bench.appliance.client.config.revert.mutate({ transaction: null });
    await waitUntil('the page on its old port', () => answers(8080));
    expect(await answers(9443)).toBe(false);
  });
});
