import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@gatehouse/config';
import { afterAll, expect, test } from 'vitest';
import { DirectServices } from '../src/process/services/direct.ts';
import { sshSubsystem } from '../src/subsystems/ssh/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-ssh-'));
const services = new DirectServices(join(directory, 'services'), () => {});
afterAll(() => {
  services.close();
  rmSync(directory, { recursive: true });
});

function keyPair(type: string, bits?: string): string {
  const file = join(directory, `${type}${bits ?? ''}`);
  spawnSync('ssh-keygen', ['-q', '-t', type, ...(bits ? ['-b', bits] : []), '-N', '', '-C', 'me@desk', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

const parse = (authorizedKeys: string[], enabled = true) =>
  parseConfig({ management: { ssh: { enabled, authorizedKeys } } });

function problemsOf(key: string): string[] {
  const result = parse([key]);
  return result.ok ? [] : result.issues.map((item) => item.message);
}

test('keys of every strong kind are taken as ssh-keygen writes them', () => {
  for (const key of [keyPair('ed25519'), keyPair('ecdsa', '521'), keyPair('rsa', '3072')]) {
    const result = parse([`  ${key}\n`]);
    expect(result.ok && result.config.management.ssh.authorizedKeys).toEqual([key]);
  }
});

test('what is no public key is refused in words', () => {
  const [algorithm, blob = '', comment] = keyPair('ed25519').split(' ');
  expect(problemsOf('')).toEqual(['is not a public key']);
  expect(problemsOf(`command="/bin/sh" ${algorithm} ${blob}`)).toEqual(['is not a public key']);
  expect(problemsOf(`${algorithm} ${blob.slice(1)} ${comment}`)).toEqual(['is a damaged public key']);
  expect(problemsOf(`ssh-rsa ${blob}`)).toEqual(['is a damaged public key']);
  expect(problemsOf(`${algorithm} ${blob} a\u0007b`)).toEqual(['has a comment with unusual characters']);
  expect(problemsOf(keyPair('rsa', '2048'))).toEqual(['is an RSA key of less than 3072 bits']);
  expect(problemsOf(`${algorithm} ${blob} a\nssh-ed25519 ${blob}`)).toEqual([]); // one line: the rest is its comment
});

test('on without a key is refused, off without one is not', () => {
  expect(parse([]).ok).toBe(false);
  expect(parse([], false).ok).toBe(true);
});

test('sshd takes what is rendered; the host key is made once', async () => {
  const subsystem = sshSubsystem({ services, runDir: join(directory, 'run'), stateDir: join(directory, 'state') });
  const plan = { authorizedKeys: [keyPair('ed25519')] };
  const host = () => readFileSync(join(directory, 'state/ssh/host_ed25519'), 'utf8');
  const prepared = await subsystem.prepare(plan);
  expect(prepared?.files.get('authorized_keys')).toBe(`${plan.authorizedKeys[0]}\n`);
  const first = host();
  await subsystem.prepare(plan);
  expect(host()).toBe(first);
});
