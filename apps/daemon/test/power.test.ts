/** Reboot and power off: refused where the machine is not ours, asked for by their own name where it is. */
import { expect, it } from 'vitest';
import { appRouter } from '../src/api/router.ts';
import type { Services } from '../src/api/trpc.ts';

const callerWith = (power: Services['power']) =>
  appRouter.createCaller({ services: { power } as Services, peerUid: 0, token: null });

it('is refused where there is no appliance', async () => {
  const { system } = callerWith(null);
  await expect(system.reboot()).rejects.toThrow('this is no appliance');
  await expect(system.powerOff()).rejects.toThrow('this is no appliance');
});

it('asks for what was named, and nothing else', async () => {
  const asked: string[] = [];
  const { system } = callerWith({
    reboot: async () => void asked.push('reboot'),
    powerOff: async () => void asked.push('powerOff'),
  });
  await system.powerOff();
  expect(asked).toEqual(['powerOff']);
  await system.reboot();
  expect(asked).toEqual(['powerOff', 'reboot']);
});
