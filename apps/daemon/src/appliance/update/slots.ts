/** The two slots of the image: what stands in them, which one runs, which one starts next. Asked from systemd's own tools. */
import { z } from 'zod';
import { programPath, run } from '../../process/run.ts';

/** bootctl(1) list --json: the kernel images of the boot partition. */
const entries = z.array(
  z.object({
    /** File name without the counter. */
    id: z.string(),
    isDefault: z.boolean().nullish(),
    triesLeft: z.int().nullish(),
  }),
);

export type Slot = {
  version: string;
  /** It runs now. */
  running: boolean;
  /** The next start takes it. */
  next: boolean;
  /** good: it was started and found healthy; new: it was not yet; bad: it was given up. */
  state: 'good' | 'new' | 'bad';
};

/** Boot Loader Specification, boot counting: without a counter the entry is blessed, without tries it was given up. */
function slotOf(entry: z.output<typeof entries>[number], running: string): Slot[] {
  const version = /^gatehouse_(\d+\.\d+\.\d+)\.efi$/.exec(entry.id)?.[1];
  if (version === undefined) return [];
  const left = entry.triesLeft ?? null;
  return [
    {
      version,
      running: version === running,
      next: entry.isDefault === true,
      state: left === null ? 'good' : left > 0 ? 'new' : 'bad',
    },
  ];
}

/** `bootctlJson`: what `bootctl list --json=short` printed; `running`: the version that runs. */
export function parseSlots(bootctlJson: string, running: string): Slot[] {
  return entries.parse(JSON.parse(bootctlJson)).flatMap((entry) => slotOf(entry, running));
}

export async function readSlots(running: string): Promise<Slot[]> {
  return parseSlots((await run(programPath('bootctl'), ['list', '--json=short'])).stdout, running);
}

/** The next starts take this version, until another is chosen or installed. @throws Error when there is no such slot */
export async function chooseSlot(version: string, running: string): Promise<void> {
  const { stdout } = await run(programPath('bootctl'), ['list', '--json=short']);
  const found = entries.parse(JSON.parse(stdout)).find((entry) => slotOf(entry, running)[0]?.version === version);
  if (!found) throw new Error(`no slot holds version ${version}`);
  await run(programPath('bootctl'), ['set-default', found.id]);
}
