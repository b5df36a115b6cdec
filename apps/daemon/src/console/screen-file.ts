/** The console's screen as a file that only root can read: the front on each terminal shows it whenever it changes. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { emptyConfig, zoneOfInterface } from '@gatehouse/config';
import type { EngineServices } from '../api/services.ts';
import type { Updates } from '../appliance/update/index.ts';
import type { Slot } from '../appliance/update/slots.ts';
import type { Auth } from '../auth/auth.ts';
import type { InterfaceFact, SubsystemStatus } from '../subsystems/subsystem.ts';
import { pageAddresses, pageUrl } from './page-address.ts';
import { type Port, type ScreenFacts, screenText } from './screen.ts';

/** Parts become better and worse without telling. */
const LOOK_EVERY_MS = 30_000;
/** Between two. */
const PAUSE_MS = 1000;
/** Asking mounts the boot partition. */
const SLOTS_EVERY_MS = 120_000;

export type ScreenSources = {
  version: string;
  engine: EngineServices;
  auth: Auth;
  updates: Pick<Updates, 'slots'> | null;
  certificate(): { own: boolean; fingerprint: string } | null;
  readInterfaces(): Promise<InterfaceFact[]>;
  subsystemStatus(): Promise<SubsystemStatus[]>;
  log(text: string): void;
};

export class ScreenFile {
  private readonly path: string;
  private readonly sources: ScreenSources;
  private readonly timer: NodeJS.Timeout;
  private readonly unwatch: () => void;
  private slots: { at: number; list: Slot[] | null } = { at: 0, list: null };
  private work: Promise<void> | null = null;
  private again = false;
  private pause: NodeJS.Timeout | undefined;
  private shown = '';

  constructor(path: string, sources: ScreenSources) {
    this.path = path;
    this.sources = sources;
    mkdirSync(dirname(path), { recursive: true });
    this.unwatch = sources.engine.watch(() => void this.refresh());
    this.timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS);
  }

  get text(): string {
    return this.shown;
  }

  /**
   * Resolves when it was written. Calls while one is at work, or shortly after, are answered together by one more: asking every part costs
   * programs, and a network that flaps calls all the time.
   */
  refresh(): Promise<void> {
    if (this.work) {
      this.again = true;
      return this.work;
    }
    this.work = this.write().catch((error: Error) => this.sources.log(`the console's screen: ${error.message}`));
    void this.work.then(() => {
      this.pause = setTimeout(() => {
        this.work = null;
        if (!this.again) return;
        this.again = false;
        void this.refresh();
      }, PAUSE_MS).unref();
    });
    return this.work;
  }

  close(): void {
    clearInterval(this.timer);
    clearTimeout(this.pause);
    this.unwatch();
  }

  private async write(): Promise<void> {
    const text = screenText(await this.facts());
    if (text === this.shown) return;
    writeFileSync(`${this.path}.new`, text, { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
    this.shown = text;
  }

  /** What was known last; asked anew in the background, because it takes its time. */
  private knownSlots(): Slot[] | null {
    const { updates } = this.sources;
    if (updates && Date.now() - this.slots.at > SLOTS_EVERY_MS) {
      this.slots = { ...this.slots, at: Date.now() };
      updates.slots().then(
        (list) => {
          this.slots = { ...this.slots, list };
          void this.refresh();
        },
        // early in a start the boot partition may not be there yet
        () => {
          this.slots.at = 0;
        },
      );
    }
    return this.slots.list;
  }

  private async facts(): Promise<ScreenFacts> {
    const { engine, auth, version } = this.sources;
    const [interfaces, parts] = await Promise.all([this.sources.readInterfaces(), this.sources.subsystemStatus()]);
    const running = engine.running();
    const config = running?.config ?? emptyConfig();
    const { pending } = engine.state();
    const addresses = pageAddresses(config, interfaces);
    const setupToken = auth.setupToken();
    const certificate = this.sources.certificate();
    const ports = interfaces.filter((fact) => fact.kind !== 'loopback' && fact.mac !== null);
    return {
      version,
      slots: this.knownSlots(),
      hostName: config.system.hostName,
      running: running && {
        revision: running.revision,
        time: engine.history().find((entry) => entry.revision === running.revision)?.time ?? null,
      },
      pending: pending?.deadline == null ? null : { actor: pending.actor, deadline: pending.deadline },
      trouble: parts.filter((part) => part.state !== 'ok'),
      ports: [
        ...ports.map(
          (fact): Port => ({
            name: fact.name,
            zone: zoneOfInterface(config, fact.name)?.name ?? null,
            link: !fact.up ? 'off' : fact.carrier ? 'up' : 'no link',
            addresses: fact.addresses
              .filter((item) => item.scope === 'global')
              .map((item) => `${item.address}/${item.prefixLength}`),
          }),
        ),
        ...config.interfaces
          .filter((item) => !interfaces.some((fact) => fact.name === item.name))
          .map(
            (item): Port => ({
              name: item.name,
              zone: zoneOfInterface(config, item.name)?.name ?? null,
              link: 'missing',
              addresses: item.addresses,
            }),
          ),
      ].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
      pages: addresses.map((address) => pageUrl(config, address)),
      fingerprint: certificate?.own ? certificate.fingerprint : null,
      // behind the #: the browser keeps it to itself, and fills the form with it
      setupUrl: setupToken && addresses[0] ? pageUrl(config, addresses[0], `/setup#${setupToken}`) : null,
      setupToken,
      now: Date.now(),
    };
  }
}
