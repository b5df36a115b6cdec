/** Explains a described packet by running the real pipeline on it. The few loaded instances are kept for the next question. */
import { macText } from '@gatehouse/packet';
import type { Explanation, PacketDescription } from '../../../api/schemas.ts';
import { type Facts, PrepareError } from '../../subsystem.ts';
import type { BootConstants } from '../features.ts';
import { issue } from '../issue.ts';
import type { DataplanePlan } from '../plan.ts';
import { DescriptionError, frameOf } from './frame.ts';
import { Instance } from './instance.ts';
import { tell } from './story.ts';

/** The running configuration and two drafts. */
const KEPT = 3;

export class Explainer {
  readonly #objects: string;
  readonly #constants: BootConstants;
  readonly #instances = new Map<string, Instance>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(objects: string, constants: BootConstants) {
    this.#objects = objects;
    this.#constants = constants;
  }

  /**
   * What the pipeline of a plan does with a packet that begins a flow. One question at a time: an instance has one trace buffer.
   * @throws PrepareError naming the field of a packet that can not be
   */
  explain(packet: PacketDescription, plan: DataplanePlan, facts: Facts): Promise<Explanation> {
    const answer = this.#queue.then(() => this.#explain(packet, plan, facts));
    this.#queue = answer.catch(() => {});
    return answer;
  }

  async #explain(packet: PacketDescription, plan: DataplanePlan, facts: Facts): Promise<Explanation> {
    const instance = await this.#instance(plan, facts);
    try {
      const { ifindex, mac, vlan } = ingressOf(packet, instance);
      const { records, frame } = await instance.run(frameOf(packet, mac, vlan), ifindex);
      return tell(records, instance.plan, macText(frame.subarray(0, 6)));
    } catch (error) {
      if (!(error instanceof DescriptionError)) throw error;
      throw new PrepareError([issue(['packet', error.field], packet[error.field], error.message, error.remedy)]);
    }
  }

  async #instance(plan: DataplanePlan, facts: Facts): Promise<Instance> {
    const key = `${plan.revision} ${JSON.stringify(facts)}`;
    const known = this.#instances.get(key);
    if (known) this.#instances.delete(key);
    const instance = known ?? (await Instance.load(this.#objects, this.#constants, plan, facts));
    this.#instances.set(key, instance);
    for (const [oldest, item] of this.#instances) {
      if (this.#instances.size <= KEPT) break;
      this.#instances.delete(oldest);
      item.close();
    }
    return instance;
  }

  close(): void {
    for (const instance of this.#instances.values()) instance.close();
    this.#instances.clear();
  }
}

function ingressOf(packet: PacketDescription, { plan, bound }: Instance) {
  const item = plan.interfaces.find((candidate) => candidate.name === packet.interface);
  if (!item)
    throw new DescriptionError(
      'interface',
      'is no interface of the configuration',
      `Interfaces are: ${plan.interfaces.map((known) => known.name).join(', ') || 'none'}.`,
    );
  const row = bound.ifaces.get(item.slot);
  if (!row) throw new DescriptionError('interface', 'has no device now', 'Plug it in, or choose another interface.');
  return { ifindex: row.ifindex, mac: row.mac, vlan: packet.vlan ?? item.vlan };
}
