/** The page over HTTPS: switched on without locking anybody out, with the box's own certificate or a given one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@gatehouse/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { baseConfig } from '../lab/base-config.ts';
import { HOSTS } from '../lab/names.ts';
import { isAlive, sleep } from '../lab/process.ts';
import { waitUntil } from '../lab/wait.ts';
import { useAppliance } from './fixture.ts';

const bench = useAppliance('web-front', baseConfig());
const BOX = HOSTS.lan.gateway4;
const NAME = 'box.test';

const withTls = (edit: (config: Config) => void = () => {}): Config =>
  baseConfig((config) => {
    config.management.web.tls.enabled = true;
    edit(config);
  });

/** "status HTTP-version redirect" of an address, or "none". */
async function ask(url: string, ...more: string[]): Promise<string> {
  const format = ['-o', '/dev/null', '-w', '%{http_code} %{http_version} %{redirect_url}', '--max-time', '3'];
  const done = await bench.lab.tryExec('lan', ['curl', '-s', ...format, ...more, url]);
  return done.status === 0 ? done.stdout.trim() : 'none';
}
const file = (name: string) => join(bench.lab.directory, name);
const text = (name: string) => readFileSync(file(name), 'utf8');

/** A certificate for NAME and the address of the box, with its key. */
async function makeCertificate(name: string): Promise<void> {
  await bench.lab.exec('lan', [
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${NAME},IP:${BOX}`, '-days', '90'],
    ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
  ]);
}

/** As makeCertificate, but its time is over. */
async function makeEndedCertificate(name: string): Promise<void> {
  writeFileSync(file('index'), '');
  writeFileSync(
    file('ca.cnf'),
    `[ca]\ndefault_ca=own\n[own]\ndatabase=${file('index')}\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nnew_certs_dir=${bench.lab.directory}\n[any]\ncommonName=supplied\n`,
  );
  const key = file(`${name}.key`);
  await bench.lab.exec('lan', [
    ...['openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', `/CN=${name}`, '-keyout', key, '-out', file(`${name}.csr`)],
  ]);
  await bench.lab.exec('lan', [
    ...['openssl', 'ca', '-batch', '-selfsign', '-notext', '-config', file('ca.cnf'), '-in', file(`${name}.csr`)],
    ...['-keyfile', key, '-out', file(`${name}.pem`), '-startdate', '20200101000000Z', '-enddate', '20200301000000Z'],
  ]);
}

const seal = async (name: string) =>
  (await bench.appliance.client.secrets.seal.mutate({ kind: 'private-key', value: text(`${name}.key`) })).sealed;

const given = (certificate: string, privateKey: string) =>
  withTls((config) => {
    config.certificates.push({ id: 'given', name: 'given', certificate, privateKey });
    config.management.web.tls.certificate = 'given';
  });

beforeAll(() => bench.appliance.startWeb());

describe('switched on', () => {
  it('it is beside the plain page until the change is kept; then the plain page leads to it', async () => {
    const { transaction } = await bench.appliance.commit(withTls(), 60);
    expect(await ask(`https://${BOX}/login`, '-k')).toBe('200 2');
    await sleep(1500); // the page asks once a second where it shall be
    expect(await ask(`http://${BOX}:8080/login`)).toBe('200 1.1');
    await bench.appliance.client.config.confirm.mutate({ transaction });
    await waitUntil('the way to HTTPS', async () => (await ask(`http://${BOX}:8080/`)).startsWith('308'));
    expect(await ask(`http://${BOX}:8080/nat?kind=pools`)).toBe(`308 1.1 https://${BOX}/nat?kind=pools`);
    expect(await ask(`http://${BOX}:443/login`)).toBe(`308 1.1 https://${BOX}:443/login`);
  });

  it('kept, it stays the only way while another change is under Test', async () => {
    const other = withTls((config) => {
      config.system.hostName = 'another';
    });
    await bench.appliance.commit(other, 60);
    await sleep(2500); // the page asks once a second where it shall be
    expect(await ask(`http://${BOX}:8080/login`)).toBe(`308 1.1 https://${BOX}/login`);
    await bench.appliance.client.config.revert.mutate({ transaction: null });
  });

  it('undone, the plain page serves as before and nothing answers at the other port', async () => {
    await bench.appliance.commit(baseConfig(), 60);
    await waitUntil('the plain page', async () => (await ask(`http://${BOX}:8080/login`)) === '200 1.1');
    expect(await ask(`https://${BOX}/login`, '-k')).toBe('none');
    await bench.appliance.client.config.revert.mutate({ transaction: null });
    await waitUntil('the way to HTTPS', async () => (await ask(`http://${BOX}:8080/login`)).startsWith('308'));
    expect(await ask(`https://${BOX}/login`, '-k')).toBe('200 2');
  });

  it('the certificate is the one that the box tells of, with its key readable by root alone', async () => {
    const told = await bench.appliance.client.system.certificate.query();
    const read = 'openssl x509 -noout -fingerprint -sha256 -ext subjectAltName';
    const shown = await bench.lab.exec('lan', [
      ...['sh', '-c', `openssl s_client -connect ${BOX}:443 </dev/null 2>/dev/null | ${read}`],
    ]);
    expect(shown).toContain(told?.fingerprint);
    expect(shown).toContain(`IP Address:${BOX}`);
    expect(told).toMatchObject({ own: true, subject: 'O=Gatehouse, CN=lab' });
    expect((await bench.appliance.cli(['show', 'certificate'])).stdout).toContain(told?.fingerprint);
    const modes = await bench.lab.exec('appliance', [
      'find',
      bench.appliance.stateDir,
      '-name',
      'key.pem',
      '-perm',
      '600',
    ]);
    expect(modes.trim().split('\n')).toHaveLength(1);
  });

  it('a login over it is a cookie that no plain page can set or see', async () => {
    const setupToken = bench.appliance.setupToken();
    const body = JSON.stringify({ setupToken, username: 'admin', password: 'correct horse battery' });
    const headers = ['-H', 'content-type: application/json', '-H', `origin: https://${BOX}`];
    const cookies = file('cookies');
    const request = ['curl', '-ks', '-D', '-', '-o', '/dev/null', '-c', cookies, ...headers, '-d', body];
    const answer = await bench.lab.exec('lan', [...request, `https://${BOX}/api/daemon/auth.setup`]);
    expect(answer).toMatch(/set-cookie: __Host-gh_session=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Secure/);
    expect(answer).toMatch(/set-cookie: gh_session=; Max-Age=0/);
    // a stream comes through as it is written
    const stream = await bench.lab.tryExec('lan', [
      ...['curl', '-ksN', '--max-time', '4', '-b', cookies, `https://${BOX}/api/daemon/dhcp.watchLeases`],
    ]);
    expect(stream.stdout).toContain('event: connected');
    expect(stream.stdout).toContain('data: []');
  });
});

describe('a certificate of the configuration', () => {
  it('takes the place of the other without ending an open connection', async () => {
    await makeCertificate('good');
    const sealed = await seal('good');
    const stream = bench.lab.start('lan', 'stream', [
      ...['curl', '-ksN', '-b', file('cookies'), `https://${BOX}/api/daemon/dhcp.watchLeases`],
    ]);
    await waitUntil('the stream', () => text('stream.log').includes('connected'));
    const current = await bench.appliance.client.config.running.query();
    await bench.appliance.commit({ ...given(text('good.pem'), sealed), users: current.config.users });
    const trusting = ['--cacert', file('good.pem'), '--resolve', `${NAME}:443:${BOX}`];
    expect(await ask(`https://${NAME}/login`, ...trusting)).toBe('200 2');
    expect(await bench.appliance.client.system.certificate.query()).toMatchObject({ own: false, subject: 'CN=good' });
    await sleep(1000);
    expect(isAlive(stream.id)).toBe(true);
    expect(bench.appliance.log()).not.toMatch(/web-front.*(failed|refuses)/);
  });

  it('with a key of another is refused, and named; one that has ended is warned of', async () => {
    await makeCertificate('other');
    const wrong = await bench.appliance.client.config.check.mutate({
      config: given(text('good.pem'), await seal('other')),
    });
    expect(wrong.issues).toMatchObject([
      { pointer: '/certificates/0/privateKey', message: 'does not belong to the certificate', severity: 'error' },
    ]);
    await makeEndedCertificate('ended');
    const ended = await bench.appliance.client.config.check.mutate({
      config: given(text('ended.pem'), await seal('ended')),
    });
    expect(ended.ok).toBe(true);
    expect(ended.issues).toMatchObject([{ pointer: '/certificates/0/certificate', severity: 'warning' }]);
  });

  it('its port taken by another program, the change fails whole and says why', async () => {
    bench.lab.start('appliance', 'squatter', ['python3', '-m', 'http.server', '8444']);
    await waitUntil(
      'the other program',
      async () =>
        (await bench.lab.tryExec('appliance', ['curl', '-s', '-o', '/dev/null', 'http://127.0.0.1:8444/'])).status ===
        0,
    );
    const running = await bench.appliance.client.config.running.query();
    const config = structuredClone(running.config);
    config.management.web.tls.port = 8444;
    await expect(bench.appliance.commit(config)).rejects.toThrow(/8444/);
    expect(await ask(`https://${BOX}/login`, '-k')).toBe('200 2');
  });
});
