/** The page over HTTPS: nginx in front of it, with a certificate of the configuration or one that the box made for itself. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { admitsPage, type Config, type Issue, issue } from '@gatehouse/config';
import type { Sealer } from '../../auth/seal.ts';
import { programPath, RunError, run } from '../../process/run.ts';
import type { Service, ServiceManager } from '../../process/services/manager.ts';
import { RenderedSubsystem } from '../rendered.ts';
import { type Deviation, type PlanResult, PrepareError } from '../subsystem.ts';
import { type CertificateFacts, describeCertificate, OwnCertificate, pairTrouble } from './certificate.ts';
import { type FrontPlan, renderFront } from './render.ts';

export type WebFrontOptions = {
  services: ServiceManager;
  stateDir: string;
  runDir: string;
  sealer: Sealer;
  /** Where the page listens for its front. */
  pageSocket: string;
  /** Who nginx's workers are. */
  user: string;
};

const PATIENCE_MS = 15_000;
const RETRY_MS = 100;
const REMEDY = 'Set the certificate and the key that were made for each other.';

/** Static addresses on which the page is asked for. */
function pageAddresses(config: Config): string[] {
  const doors = config.interfaces.filter((item) => admitsPage(config, item.name));
  return doors.flatMap((item) => item.addresses.map((address) => address.split('/')[0] as string));
}

/** The certificate that a port of this box shows; rejects when none answers. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    // whose it is, is what is asked for
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, timeout: 1000 }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}

export class WebFront extends RenderedSubsystem<FrontPlan> {
  private readonly own: OwnCertificate;
  private readonly sealer: Sealer;

  constructor({ services, stateDir, runDir, sealer, pageSocket, user }: WebFrontOptions) {
    const directory = join(runDir, 'web-front');
    const own = new OwnCertificate(stateDir);
    const places = { pageSocket, own, work: join(directory, 'work'), user };
    const service: Service = {
      name: 'gatehouse-front',
      program: '/usr/sbin/nginx',
      args: ['-e', 'stderr', '-c', join(directory, 'nginx.conf'), '-g', 'daemon off;'],
    };
    super({
      name: 'web-front',
      service,
      services,
      directory,
      // keys among them: read by the process that opens the port, before its workers give up their rights
      mode: 0o600,
      plan: (config, facts) => this.planFront(config, facts.lenient === true),
      render: (plan, where) => renderFront(plan, where, places),
      check: async (plan, where) => {
        mkdirSync(places.work, { recursive: true, mode: 0o711 });
        await own.ensure(plan.hostName, plan.addresses);
        await run(programPath('nginx'), ['-t', '-q', '-e', 'stderr', '-c', join(where, 'nginx.conf')]).catch(
          (error: unknown) => {
            if (!(error instanceof RunError)) throw error;
            const text = `nginx refuses it: ${error.result.stderr.trim()}`;
            throw new PrepareError([
              issue(['management', 'web', 'tls'], undefined, text, 'Correct it, or switch TLS off.'),
            ]);
          },
        );
      },
      // SIGHUP: open connections keep the certificate that they began with
      reload: () => services.signal(service, 'SIGHUP'),
      ready: async (plan) => {
        const [trouble] = await this.settled(plan);
        if (trouble) throw new Error(`port ${plan.port}: ${trouble.found}: ${await services.tail(service, 3)}`);
      },
      verify: (plan) => this.settled(plan),
    });
    this.own = own;
    this.sealer = sealer;
  }

  /** After a reload workers with the old certificate still take connections for a moment. */
  private async settled(plan: FrontPlan): Promise<Deviation[]> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const deviations = await this.deviations(plan);
      if (deviations.length === 0 || Date.now() > until) return deviations;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  private async deviations(plan: FrontPlan): Promise<Deviation[]> {
    const expected = this.certificateOf(plan.given?.chain ?? null)?.fingerprint ?? 'a certificate';
    const found = await shownAt(plan.port).catch((error: Error) => error.message);
    return found === expected ? [] : [{ what: `certificate at port ${plan.port}`, expected, found }];
  }

  private certificateOf(chain: string | null): CertificateFacts | null {
    return chain === null ? this.own.read() : describeCertificate(chain, false);
  }

  /** What the page shows to browsers; null without TLS. */
  certificate(config: Config): CertificateFacts | null {
    if (!config.management.web.tls.enabled) return null;
    return this.certificateOf(this.given(config).pair?.chain ?? null);
  }

  private given(config: Config): { pair: FrontPlan['given']; issues: Issue[] } {
    const name = config.management.web.tls.certificate;
    const index = config.certificates.findIndex((item) => item.name === name);
    const item = config.certificates[index];
    if (!item?.privateKey) return { pair: null, issues: [] };
    const at = (key: string) => ['certificates', index, key];
    const key = this.sealer.open(item.privateKey);
    if (key === null) {
      const message = 'was sealed on another box';
      return { pair: null, issues: [issue(at('privateKey'), undefined, message, 'Set the private key anew.')] };
    }
    const trouble = pairTrouble(item.certificate, key);
    if (trouble) return { pair: null, issues: [issue(at(trouble.field), undefined, trouble.message, REMEDY)] };
    const { validTo } = describeCertificate(item.certificate, false);
    if (validTo > Date.now()) return { pair: { chain: item.certificate, key }, issues: [] };
    const ended = `ended on ${new Date(validTo).toISOString().slice(0, 10)}`;
    const expired = issue(at('certificate'), undefined, ended, 'Replace it: browsers refuse it.', 'warning');
    return { pair: { chain: item.certificate, key }, issues: [expired] };
  }

  /** A kept configuration must come up: with the box's own certificate where the given one can not serve. */
  private planFront(config: Config, lenient: boolean): PlanResult<FrontPlan | null> {
    const { tls } = config.management.web;
    if (!tls.enabled) return { ok: true, plan: null, warnings: [] };
    const { pair, issues } = this.given(config);
    if (!lenient && issues.some((item) => item.severity === 'error')) return { ok: false, issues };
    const { hostName } = config.system;
    const plan = { port: tls.port, hostName, addresses: pageAddresses(config), given: pair };
    return { ok: true, plan, warnings: issues };
  }
}
