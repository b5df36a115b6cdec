/**
 * Where the kernel objects of one instance are pinned. Everything that must survive the daemon has a pin, because a prog array is emptied and a
 * link is detached when its last reference goes.
 *   <root>/state[-N]/<map>        state maps; a new N when their layout changed
 *   <root>/entry/<map or program> entry programs and their slots
 *   <root>/links/<ifindex>-<hook> attachments
 *   <root>/gen-N/<map or program> one generation
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Hooks as they appear in the names of link pins. bpffs allows no dots in names. */
export const LINK_HOOKS = ['xdp-native', 'xdp-generic', 'tcx-ingress', 'tcx-egress'] as const;
export type LinkHook = (typeof LINK_HOOKS)[number];

/** Pin directory of an instance: one per state directory, so that several instances can run side by side. */
export function instanceRoot(bpffs: string, stateDir: string): string {
  const hash = createHash('sha256').update(realpathSync(stateDir)).digest('hex').slice(0, 12);
  return join(bpffs, `gatehouse-${hash}`);
}

export class Pins {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  entry(name: string): string {
    return join(this.root, 'entry', name);
  }

  link(ifindex: number, hook: LinkHook): string {
    return join(this.root, 'links', `${ifindex}-${hook}`);
  }

  generation(number: number, name = ''): string {
    return join(this.root, `gen-${number}`, name);
  }

  state(layout: number, name = ''): string {
    return join(this.root, layout === 1 ? 'state' : `state-${layout}`, name);
  }

  /** Creates a directory of the instance and its parents. */
  make(directory: string): void {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }

  /** Pinned links by device. */
  links(): { path: string; ifindex: number; hook: LinkHook }[] {
    return this.#list(join(this.root, 'links')).flatMap((name) => {
      const match = /^(\d+)-(.+)$/.exec(name);
      const hook = LINK_HOOKS.find((candidate) => candidate === match?.[2]);
      return match && hook ? [{ path: join(this.root, 'links', name), ifindex: Number(match[1]), hook }] : [];
    });
  }

  /** Numbers of the generations that have pins, ascending. */
  generations(): number[] {
    return this.#numbers(/^gen-(\d+)$/);
  }

  /** Numbers of the layouts of the state maps that have pins, ascending. */
  layouts(): number[] {
    const later = this.#numbers(/^state-(\d+)$/);
    return existsSync(join(this.root, 'state')) ? [1, ...later] : later;
  }

  #numbers(pattern: RegExp): number[] {
    return this.#list(this.root)
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  #list(directory: string): string[] {
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  /** Removes one pin; a pin that is not there is no error. */
  unlink(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** Removes a directory and all pins in it. */
  removeTree(directory: string): void {
    if (!existsSync(directory)) return;
    for (const item of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, item.name);
      if (item.isDirectory()) this.removeTree(path);
      else this.unlink(path);
    }
    rmdirSync(directory);
  }
}
