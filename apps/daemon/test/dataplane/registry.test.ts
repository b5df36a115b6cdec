import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Registry, SLOT_RANGE, SlotsExhausted } from '../../src/subsystems/dataplane/registry.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gh-registry-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Adopts a draft that names exactly these zones. */
function withZones(registry: Registry, ids: string[]): Map<string, { number: number; slot: number }> {
  const draft = registry.draft();
  const result = new Map(
    ids.map((id) => {
      const number = draft.number('zone', id, `zone ${id}`);
      return [id, { number, slot: draft.slot('zone', number) }] as const;
    }),
  );
  registry.adopt(draft);
  return result;
}

describe('registry', () => {
  it('keeps numbers and slots when objects come and go, over a restart too', () => {
    const path = join(directory, 'ids.json');
    const registry = new Registry();
    const before = withZones(registry, ['b', 'c']);
    const after = withZones(registry, ['a', 'c', 'b']);
    expect(after.get('b')).toEqual(before.get('b'));
    expect(after.get('c')).toEqual(before.get('c'));
    registry.save(path);
    const again = Registry.load(path);
    expect(withZones(again, ['b']).get('b')).toEqual(before.get('b'));
    expect(withZones(again, ['d']).get('d')?.number).toBeGreaterThan(after.get('a')?.number as number);
  });

  it('still names a deleted object, and gives it back its number when it returns', () => {
    const registry = new Registry();
    const first = withZones(registry, ['lan', 'dmz']).get('dmz');
    withZones(registry, ['lan']);
    expect(registry.entry(first?.number as number)).toMatchObject({
      kind: 'zone',
      id: 'dmz',
      name: 'zone dmz',
      deletedAt: 2,
    });
    expect(withZones(registry, ['dmz']).get('dmz')).toEqual(first);
    expect(registry.entry(first?.number as number)?.deletedAt).toBeUndefined();
  });

  it('takes the slot of the object deleted longest ago only when no fresh one is left', () => {
    const registry = new Registry();
    const count = SLOT_RANGE.zone.end - SLOT_RANGE.zone.first;
    const all = Array.from({ length: count }, (_, i) => `z${i}`);
    const slots = withZones(registry, all);
    expect(() => withZones(registry, [...all, 'one-more'])).toThrow(SlotsExhausted);
    withZones(registry, all.slice(1));
    withZones(registry, all.slice(2));
    const reused = withZones(registry, [...all.slice(2), 'new']);
    expect(reused.get('new')?.slot).toBe(slots.get('z0')?.slot);
    expect(registry.atSlot('zone', slots.get('z0')?.slot as number)?.id).toBe('new');
  });

  it('tells which counters change their owner', () => {
    const registry = new Registry();
    const fill = registry.draft();
    for (let i = SLOT_RANGE.counter.first; i < SLOT_RANGE.counter.end; i++)
      fill.slot('counter', fill.number('policy', `p${i}`, 'p'));
    registry.adopt(fill);
    registry.adopt(registry.draft());
    const draft = registry.draft();
    const slot = draft.slot('counter', draft.number('policy', 'new', 'new'));
    expect(draft.reusedCounters).toEqual([slot]);
  });

  it('refuses a draft whose base moved, and a draft thrown away costs nothing', () => {
    const registry = new Registry();
    const thrown = registry.draft();
    thrown.number('zone', 'never', 'never');
    const late = registry.draft();
    expect(withZones(registry, ['a']).get('a')?.number).toBe(1);
    expect(() => registry.adopt(late)).toThrow(/plan it again/);
  });

  it('never gives a generation number twice', () => {
    const path = join(directory, 'ids.json');
    const registry = new Registry();
    expect([registry.nextGeneration(), registry.nextGeneration()]).toEqual([1, 2]);
    registry.save(path);
    const again = Registry.load(path);
    again.noteGeneration(7);
    expect(again.nextGeneration()).toBe(8);
  });

  it('refuses a damaged file instead of numbering anew', () => {
    const path = join(directory, 'ids.json');
    writeFileSync(path, '{"version":1,');
    expect(() => Registry.load(path)).toThrow(/ids\.json is not valid JSON/);
    writeFileSync(path, '{"version":9}');
    expect(() => Registry.load(path)).toThrow(/version 9/);
  });
});
