/** The constants of a generation, written into `features` in the read-only data of its programs before the load. */
import { type Features, featuresCodec } from '@gatehouse/bpf/abi';
import type { DataplanePlan } from './plan.ts';

/** What is the same for all generations of a boot. */
export type BootConstants = {
  /** Bits of skb->mark that carry the proof of judgement. */
  proofMask: number;
  /** Random and not zero under the mask. */
  proofNonce: number;
  hashSeed: number;
};

export type RuntimeConstants = BootConstants & {
  generation: number;
  /** Sets of the flow caches: powers of two. */
  flowCache4Sets: number;
  flowCache6Sets: number;
  trace: boolean;
};

export function encodeFeatures(plan: DataplanePlan, runtime: RuntimeConstants): Buffer {
  const features: Features = {
    generation: runtime.generation,
    revision: plan.revisionNumber,
    ruleset: plan.tables.stores.map((store) => store.shape),
    sourcePorts: plan.tables.sourcePorts ? 1 : 0,
    screens: plan.screens,
    trace: runtime.trace ? 1 : 0,
    rematchClose: plan.rematchClose ? 1 : 0,
    logDefaultDeny: plan.logDefaultDeny ? 1 : 0,
    defaultCounter: plan.defaultCounter,
    synCheck: plan.synCheck ? 1 : 0,
    flowCache4Mask: runtime.flowCache4Sets - 1,
    flowCache6Mask: runtime.flowCache6Sets - 1,
    proofMask: runtime.proofMask,
    proofNonce: runtime.proofNonce,
    hashSeed: runtime.hashSeed,
    ...plan.timeouts,
  };
  return featuresCodec.encode(features);
}
