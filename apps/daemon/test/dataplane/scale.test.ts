import { type Config, emptyConfig } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { planDataplane } from '../../src/subsystems/dataplane/plan.ts';
import { Registry } from '../../src/subsystems/dataplane/registry.ts';

/** Every rule has a source, a destination and a port of its own: nothing can be shared. */
function hostile(count: number): Config {
  const config = emptyConfig() as unknown as Record<string, unknown>;
  config.zones = Array.from({ length: 62 }, (_, i) => ({
    id: `z${i}`,
    name: `z${i}`,
    interfaces: [],
    hostInbound: [],
  }));
  config.applications = Array.from({ length: count }, (_, i) => ({
    id: `app${i}`,
    name: `app${i}`,
    terms: [{ protocol: 'tcp', destinationPort: `${1 + i}-${1 + i + 3000}` }],
  }));
  config.policies = Array.from({ length: count }, (_, i) => ({
    id: `p${i}`,
    name: `p${i}`,
    enabled: true,
    from: [`z${i % 62}`],
    to: [`z${(i * 7) % 62}`, 'z0'],
    source: [`10.${i >> 8}.${i & 255}.0/24`, `2001:db8:${i.toString(16)}::/48`],
    destination: [`172.16.${i >> 8}.${i & 255}`, '192.168.0.0/16'],
    application: [`app${i}`],
    action: 'permit',
    log: { init: false, close: false },
  }));
  return config as unknown as Config;
}

describe('scale', () => {
  it('compiles 10,000 rules without anything in common within seconds', () => {
    const config = hostile(10_000);
    const started = performance.now();
    const outcome = planDataplane(config, 'r', { interfaces: [] }, new Registry(), {
      applications: [],
      hostServices: [],
    });
    const seconds = (performance.now() - started) / 1000;
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.issues));
    const megabytes = outcome.plan.tables.stores[0].encode().byteLength / 1048576;
    console.log(`10,000 rules: ${seconds.toFixed(2)} s, ${megabytes.toFixed(1)} MiB of vectors`);
    expect(outcome.plan.policyRows).toHaveLength(10_000);
    expect(seconds).toBeLessThan(30);
    expect(megabytes).toBeLessThan(512);
  });

  it('refuses more rows than the pipeline holds, naming path, value and remedy', () => {
    const config = hostile(20_000);
    const outcome = planDataplane(config, 'r', { interfaces: [] }, new Registry(), {
      applications: [],
      hostServices: [],
    });
    expect(outcome).toMatchObject({
      ok: false,
      issues: [{ path: ['policies'], pointer: '/policies', value: 20_000, severity: 'error' }],
    });
    if (!outcome.ok) {
      expect(outcome.issues[0]?.message).toMatch(/20000 rows, at most 16384/);
      expect(outcome.issues[0]?.remedy).not.toBe('');
    }
  });

  it('refuses more zones than there are slots', () => {
    const config = hostile(10);
    config.zones.push({
      id: 'more',
      name: 'more',
      interfaces: [],
      hostInbound: [],
    } as unknown as Config['zones'][number]);
    const outcome = planDataplane(config, 'r', { interfaces: [] }, new Registry(), {
      applications: [],
      hostServices: [],
    });
    expect(outcome).toMatchObject({ ok: false, issues: [{ path: ['zones'], value: 63 }] });
  });
});
