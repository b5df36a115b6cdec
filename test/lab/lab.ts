/** The lab: one appliance between three networks, in namespaces of its own. Several labs stand side by side under different names. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isOwned, labDirectory, readRecord, recordProcess, removeLab, writeRecord } from './leftovers.ts';
import { HOSTS, type HostName, type Place } from './names.ts';
import { type Done, identify, type ProcessId, type RunOptions, run, startDetached, tryRun } from './process.ts';
import { startServers } from './servers.ts';
import { makeTopology, namespaceOf, namespacesOf } from './topology.ts';

export const DEFAULT_LAB = 'gh-lab';

export type LabOptions = {
  /** Prefix of the namespaces; default `gh-lab`. */
  name?: string;
  /** Stays up when this process ends. */
  keep?: boolean;
};

export class Lab {
  readonly name: string;
  /** Configuration, logs and state of everything in this lab; under /run, gone with the lab. */
  readonly directory: string;

  private constructor(name: string) {
    this.name = name;
    this.directory = labDirectory(name);
  }

  /**
   * Builds a lab with its servers; what an ended process left of one with the same name is removed first.
   * @throws Error when a lab of that name belongs to a living process, or a step fails (nothing is left then).
   */
  static async up({ name = DEFAULT_LAB, keep = false }: LabOptions = {}): Promise<Lab> {
    if (!/^gh-[a-z0-9-]{1,40}$/.test(name))
      throw new Error(`"${name}" is no name for a lab: gh- and then lower-case letters, digits and hyphens`);
    const record = readRecord(name);
    if (record && isOwned(record) && record.owner?.pid !== process.pid)
      throw new Error(`lab ${name} is in use by process ${record.owner?.pid}; end that first`);
    await removeLab(name);
    const lab = new Lab(name);
    writeRecord({ name, owner: keep ? null : (identify(process.pid) as ProcessId), namespaces: namespacesOf(name) });
    try {
      mkdirSync(join(lab.directory, 'bpf'));
      await run(['mount', '-t', 'bpf', 'bpf', join(lab.directory, 'bpf')]);
      await makeTopology(name);
      await Promise.all((Object.keys(HOSTS) as HostName[]).map((host) => startServers(name, host)));
    } catch (error) {
      await removeLab(name);
      throw error;
    }
    return lab;
  }

  /** A lab that is up already, made by this or another process. */
  static attach(name: string = DEFAULT_LAB): Lab {
    if (!readRecord(name)) throw new Error(`lab ${name} is not up; start it with: npm run lab -- up`);
    return new Lab(name);
  }

  down(): Promise<void> {
    return removeLab(this.name);
  }

  /** A BPF file system of this lab alone: pins and links vanish with it. */
  get bpffs(): string {
    return join(this.directory, 'bpf');
  }

  namespace(place: Place): string {
    return namespaceOf(this.name, place);
  }

  /** Runs a program on a host; returns what it wrote, rejects when it fails. */
  exec(place: Place, argv: readonly string[], options: Omit<RunOptions, 'netns'> = {}): Promise<string> {
    return run(argv, { ...options, netns: this.namespace(place) });
  }

  /** As exec, whatever the exit status. */
  tryExec(place: Place, argv: readonly string[], options: Omit<RunOptions, 'netns'> = {}): Promise<Done> {
    return tryRun(argv, { ...options, netns: this.namespace(place) });
  }

  /** Starts a program that ends with the lab; its output goes to `LOG.log` in the lab's directory. */
  start(
    place: Place,
    log: string,
    argv: readonly string[],
    options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
  ): ReturnType<typeof startDetached> {
    const child = startDetached(argv, {
      netns: this.namespace(place),
      logFile: join(this.directory, `${log}.log`),
      ...options,
    });
    recordProcess(this.name, child.id);
    return child;
  }
}
