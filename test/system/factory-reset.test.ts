/** Factory reset of a box in use: its users and its rules are gone at the next start, not before. */
import { expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { useAppliance } from './fixture.ts';

const PASSWORD = 'correct horse battery';
const bench = useAppliance('reset', baseConfig());
const login = () => bench.appliance.client.auth.login.mutate({ username: 'anna', password: PASSWORD });
const state = () => bench.appliance.client.system.state.query();
const restart = async () => {
  await bench.appliance.stopDaemon();
  await bench.appliance.startDaemon(baseConfig());
};

for (const scope of ['configuration', 'everything'] as const)
  it(`of ${scope}: at the next start, once, with the host name`, async () => {
    const { client } = bench.appliance;
    const setupToken = bench.appliance.setupToken();
    await client.auth.setup.mutate({ setupToken, username: 'anna', password: PASSWORD });
    const { config } = await client.config.running.query();
    await bench.appliance.commit({ ...config, system: { ...config.system, hostName: 'in-use' } });
    const { boxId } = await state();

    await expect(client.system.factoryReset.mutate({ scope, confirm: 'in-us' })).rejects.toThrow('not the host name');
    await restart();
    expect((await state()).hostName).toBe('in-use');
    expect((await state()).boxId).toBe(boxId);
    expect((await login()).token).toBeTruthy();

    expect(await bench.appliance.client.system.factoryReset.mutate({ scope, confirm: 'in-use' })).toEqual({
      reboots: false,
    });
    expect((await state()).hostName).toBe('in-use');
    await restart();
    expect(await state()).toMatchObject({ setupRequired: true, hostName: baseConfig().system.hostName });
    const after = await state();
    expect(after.boxId).not.toBe(boxId);
    await expect(login()).rejects.toThrow();
    expect(await bench.appliance.client.config.history.query()).toHaveLength(1);
    await restart();
    expect((await state()).boxId).toBe(after.boxId);
  });
