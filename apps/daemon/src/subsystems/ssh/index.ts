/** Secure shell (OpenSSH's sshd): a shell for root, with keys only, while the configuration says so. Host keys are made on the box. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, issue } from '@gatehouse/config';
import { programPath, RunError, run } from '../../process/run.ts';
import type { ServiceManager } from '../../process/services/manager.ts';
import { type Files, RenderedSubsystem } from '../rendered.ts';
import { PrepareError } from '../subsystem.ts';

/** Public keys that may log in. */
export type SshPlan = { authorizedKeys: string[] };

export function planSsh({ management: { ssh } }: Config): SshPlan | null {
  return ssh.enabled ? { authorizedKeys: ssh.authorizedKeys } : null;
}

/** sshd_config(5) and its authorized_keys. */
export function renderSsh(plan: SshPlan, directory: string, hostKey: string): Files {
  const settings = [
    ['Port', '22'],
    ['HostKey', hostKey],
    ['AuthorizedKeysFile', join(directory, 'authorized_keys')],
    ['AuthenticationMethods', 'publickey'],
    ['PermitRootLogin', 'prohibit-password'],
    ['AllowUsers', 'root'],
    ['PasswordAuthentication', 'no'],
    ['KbdInteractiveAuthentication', 'no'],
    ['UsePAM', 'no'],
    ['AllowTcpForwarding', 'no'],
    ['AllowAgentForwarding', 'no'],
    ['X11Forwarding', 'no'],
    ['PermitTunnel', 'no'],
    ['PermitUserEnvironment', 'no'],
    ['LoginGraceTime', '30'],
    ['MaxAuthTries', '3'],
    ['MaxStartups', '10:30:20'],
    ['PidFile', 'none'],
    ['PrintMotd', 'no'],
    ['Subsystem', 'sftp internal-sftp'],
  ];
  return new Map([
    ['sshd_config', settings.map((pair) => `${pair.join(' ')}\n`).join('')],
    ['authorized_keys', plan.authorizedKeys.map((key) => `${key}\n`).join('')],
  ]);
}

/** `stateDir`: keeps the host key. */
export function sshSubsystem(options: {
  services: ServiceManager;
  runDir: string;
  stateDir: string;
}): RenderedSubsystem<SshPlan> {
  const { services, runDir, stateDir } = options;
  const directory = join(runDir, 'ssh');
  const hostKey = join(stateDir, 'ssh', 'host_ed25519');
  const config = join(directory, 'sshd_config');
  const service = { name: 'gatehouse-ssh', program: '/usr/sbin/sshd', args: ['-D', '-e', '-f', config] };
  return new RenderedSubsystem<SshPlan>({
    name: 'ssh',
    service,
    services,
    directory,
    plan: (wanted) => ({ ok: true, plan: planSsh(wanted), warnings: [] }),
    render: (plan, where) => renderSsh(plan, where, hostKey),
    check: async (_, where) => {
      if (!existsSync(hostKey)) {
        mkdirSync(join(stateDir, 'ssh'), { recursive: true, mode: 0o700 });
        await run(programPath('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', hostKey]);
      }
      // where sshd's unprivileged half lives; it must exist also for a check
      mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
      try {
        await run(programPath('sshd'), ['-t', '-f', join(where, 'sshd_config')]);
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
        const text = `sshd refuses it: ${error.result.stderr.trim()}`;
        throw new PrepareError([
          issue(['management', 'ssh'], undefined, text, 'Correct it, or switch secure shell off.'),
        ]);
      }
    },
    // SIGHUP: sshd starts itself anew and keeps the sessions that are open
    reload: () => services.signal(service, 'SIGHUP'),
  });
}
