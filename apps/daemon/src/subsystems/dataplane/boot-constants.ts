/** Constants that all generations of one boot of the machine share: packets between two generations must carry a proof that both know. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, writeDurably } from '../../state/files.ts';
import type { BootConstants } from './features.ts';

/** Bits of skb->mark that are ours; the lower ones are left to routing rules and tunnels. */
const PROOF_MASK = 0xffff0000;

type FileForm = { bootId: string; proofNonce: number; hashSeed: number };

/** Reads the constants of this boot, or draws new ones after a restart of the machine. */
export function bootConstants(stateDir: string): BootConstants {
  const path = join(stateDir, 'dataplane-boot.json');
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const text = readText(path);
  const known = text === null ? null : (JSON.parse(text) as FileForm);
  if (known?.bootId === bootId)
    return { proofMask: PROOF_MASK, proofNonce: known.proofNonce, hashSeed: known.hashSeed };
  // not zero in the bits of the mask: an unmarked packet must never look judged
  const proofNonce = (randomInt(1, 0x10000) * 0x10000 + randomInt(0x10000)) >>> 0;
  const hashSeed = randomInt(2 ** 32);
  writeDurably(path, JSON.stringify({ bootId, proofNonce, hashSeed } satisfies FileForm));
  return { proofMask: PROOF_MASK, proofNonce, hashSeed };
}
