/** Links, addresses, static routes and the sysctls that forwarding needs. Touches only what the configuration names or named before. */
import { join } from 'node:path';
import { type Config, issue } from '@gatehouse/config';
import { programPath, RunError, run } from '../../process/run.ts';
import { readText, writeDurably } from '../../state/files.ts';
import type { Deviation, Facts, InterfaceFact, PlanResult, Subsystem, SubsystemStatus, Undo } from '../subsystem.ts';
import { restoreSysctls, type Sysctl, setSysctls } from '../sysctl.ts';
import {
  GLOBAL_SYSCTLS,
  globalAddresses,
  type NetworkPlan,
  planNetwork,
  planSteps,
  routeIsThere,
  type Step,
  sysctlsOf,
  withoutMissing,
} from './plan.ts';
import { ROUTE_PROTOCOL, readInterfaces, readOwnRoutes } from './read.ts';

export class NetworkSubsystem implements Subsystem<NetworkPlan, NetworkPlan> {
  readonly name = 'network';
  private readonly managedFile: string;
  private lastProblem: string | null = null;
  /** Interfaces of the configuration that runs which have no device. */
  private missing: readonly string[] = [];

  constructor(stateDir: string) {
    this.managedFile = join(stateDir, 'managed-interfaces.json');
  }

  private managed(): Set<string> {
    return new Set(JSON.parse(readText(this.managedFile) ?? '[]') as string[]);
  }

  plan(config: Config, facts: Facts): PlanResult<NetworkPlan> {
    const present = new Set(facts.interfaces.map((item) => item.name));
    const missing = config.interfaces.flatMap((item, index) =>
      item.type === 'ethernet' && !present.has(item.name) ? [{ name: item.name, index }] : [],
    );
    const plan = planNetwork(config);
    if (missing.length === 0) return { ok: true, plan, warnings: [] };
    const devices = [...present].filter((name) => name !== 'lo').join(', ') || 'none';
    const issues = missing.map(({ name, index }) =>
      issue(['interfaces', index, 'name'], name, 'is no device of this box', `Devices are: ${devices}.`),
    );
    if (!facts.lenient) return { ok: false, issues };
    return {
      ok: true,
      plan: withoutMissing(
        plan,
        missing.map((item) => item.name),
      ),
      warnings: issues,
    };
  }

  async prepare(plan: NetworkPlan): Promise<NetworkPlan> {
    programPath('ip');
    return plan;
  }

  private async step(step: Step): Promise<void> {
    try {
      await run(programPath('ip'), step.args);
    } catch (error) {
      const text = error instanceof RunError ? error.result.stderr.trim() : String(error);
      throw new Error(`${step.about}: ${text}`);
    }
  }

  async apply(plan: NetworkPlan): Promise<Undo> {
    const before = this.managed();
    const missingBefore = this.missing;
    const undos: string[][] = [];
    const sysctls: Sysctl[] = [];
    const undo = async () => {
      const errors: string[] = [];
      for (const args of undos.reverse())
        await run(programPath('ip'), args).catch((error: Error) => errors.push(error.message));
      restoreSysctls(sysctls);
      this.missing = missingBefore;
      writeDurably(this.managedFile, JSON.stringify([...before]));
      if (errors.length) throw new Error(errors.join('; '));
    };
    try {
      const facts = { interfaces: await readInterfaces(), routes: await readOwnRoutes() };
      // names first: after a crash in between, the next start knows what is ours
      writeDurably(this.managedFile, JSON.stringify([...new Set([...before, ...plan.links.map((link) => link.name)])]));
      setSysctls(GLOBAL_SYSCTLS, sysctls);
      for (const step of planSteps(plan, facts, before, ROUTE_PROTOCOL)) {
        await this.step(step);
        if (step.undo) undos.push(step.undo);
      }
      for (const link of plan.links) setSysctls(sysctlsOf(link.name), sysctls);
      writeDurably(this.managedFile, JSON.stringify(plan.links.map((link) => link.name)));
      this.missing = plan.missing;
    } catch (error) {
      await undo().catch(() => {});
      throw error;
    }
    return undo;
  }

  async verify(plan: NetworkPlan): Promise<Deviation[]> {
    const interfaces = new Map((await readInterfaces()).map((item) => [item.name, item]));
    const routes = await readOwnRoutes();
    const deviations: Deviation[] = [];
    for (const link of plan.links) {
      const fact = interfaces.get(link.name);
      if (!fact) {
        deviations.push({ what: link.name, expected: 'a device', found: 'missing' });
        continue;
      }
      if (fact.up !== link.up)
        deviations.push({ what: link.name, expected: link.up ? 'up' : 'down', found: fact.up ? 'up' : 'down' });
      if (link.mtu !== undefined && fact.mtu !== link.mtu)
        deviations.push({ what: `MTU of ${link.name}`, expected: String(link.mtu), found: String(fact.mtu) });
      const present = globalAddresses(fact);
      // the kernel drops IPv6 addresses of a device that is down
      if (link.up)
        for (const address of link.addresses)
          if (!present.includes(address))
            deviations.push({
              what: `addresses of ${link.name}`,
              expected: address,
              found: present.join(' ') || 'none',
            });
    }
    for (const route of plan.routes)
      if (!routeIsThere(route, routes) && this.canStand(route.interface, plan))
        deviations.push({
          what: `route ${route.destination}`,
          expected: route.nextHop ?? route.type,
          found: 'missing',
        });
    this.lastProblem = deviations.length ? `${deviations[0]?.what} is ${deviations[0]?.found}` : null;
    return deviations;
  }

  /** Routes over a device that is switched off can not be there. */
  private canStand(device: string | undefined, plan: NetworkPlan): boolean {
    return device === undefined || plan.links.find((link) => link.name === device)?.up !== false;
  }

  /** Does one of these stand for an interface that had no device? */
  waitsFor(interfaces: readonly InterfaceFact[]): boolean {
    return interfaces.some(({ name }) => this.missing.includes(name));
  }

  async status(): Promise<SubsystemStatus> {
    if (this.missing.length > 0)
      return { name: this.name, state: 'failed', message: `there is no device ${this.missing.join(', ')}` };
    return this.lastProblem
      ? { name: this.name, state: 'degraded', message: this.lastProblem }
      : { name: this.name, state: 'ok', message: 'links, addresses and routes are as configured' };
  }

  async release(): Promise<void> {}

  /** Takes back all that this subsystem ever gave: addresses, VLAN devices, routes. */
  async cleanup(): Promise<void> {
    const facts = { interfaces: await readInterfaces(), routes: await readOwnRoutes() };
    for (const step of planSteps(
      { hostName: '', links: [], routes: [], missing: [] },
      facts,
      this.managed(),
      ROUTE_PROTOCOL,
    ))
      await run(programPath('ip'), step.args).catch(() => {});
    writeDurably(this.managedFile, '[]');
  }
}
