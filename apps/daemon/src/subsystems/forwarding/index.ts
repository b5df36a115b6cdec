/**
 * The kernel's own forwarding (packets that the pipeline judged and handed on). Applied after the dataplane: from power on until the pipeline
 * stands on every device, nothing is forwarded.
 */
import { readFileSync } from 'node:fs';
import type { Config } from '@gatehouse/config';
import type { Deviation, PlanResult, Subsystem, SubsystemStatus, Undo } from '../subsystem.ts';
import { restoreSysctls, type Sysctl, setSysctls } from '../sysctl.ts';

/** Documentation/networking/ip-sysctl.rst: `all` and the switches of each device, which decide for packets that come in there. */
export function planForwarding(config: Config): Sysctl[] {
  return [
    ['net/ipv4/ip_forward', '1'],
    ['net/ipv6/conf/all/forwarding', '1'],
    ...config.interfaces.flatMap(({ name }): Sysctl[] => [
      [`net/ipv4/conf/${name}/forwarding`, '1'],
      [`net/ipv6/conf/${name}/forwarding`, '1'],
    ]),
  ];
}

export class ForwardingSubsystem implements Subsystem<Sysctl[], Sysctl[]> {
  readonly name = 'forwarding';

  plan(config: Config): PlanResult<Sysctl[]> {
    return { ok: true, plan: planForwarding(config), warnings: [] };
  }

  async prepare(plan: Sysctl[]): Promise<Sysctl[]> {
    return plan;
  }

  async apply(plan: Sysctl[]): Promise<Undo> {
    const changed: Sysctl[] = [];
    setSysctls(plan, changed);
    return async () => restoreSysctls(changed);
  }

  private isOn(): boolean {
    return readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() === '1';
  }

  async verify(): Promise<Deviation[]> {
    return this.isOn() ? [] : [{ what: 'net.ipv4.ip_forward', expected: '1', found: '0' }];
  }

  async status(): Promise<SubsystemStatus> {
    return this.isOn()
      ? { name: this.name, state: 'ok', message: 'on' }
      : { name: this.name, state: 'failed', message: 'off: packets that the pipeline hands to the kernel go nowhere' };
  }

  async release(): Promise<void> {}
}
