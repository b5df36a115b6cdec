/** The binding against the kernel: maps, pins, links, locks, messages. Runs in namespaces of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BpfLink,
  BpfMap,
  BpfObject,
  interfaceIndex,
  isBpffs,
  isNativeError,
  lockFile,
  mountBpffs,
  NetlinkListener,
  netlinkGroup,
  netlinkMessage,
  possibleCpus,
  u32,
  unmountBpffs,
} from '../index.ts';

const OBJECT = join(import.meta.dirname, '../../bpf/build/entry.bpf.o');
const PIPELINE = join(import.meta.dirname, '../../bpf/build/pipeline.bpf.o');
const directory = mkdtempSync(join(tmpdir(), 'gh-native-'));
const descriptors = () => readdirSync('/proc/self/fd').length;
const ip = (words: string) => execFileSync('ip', words.split(' '));

beforeAll(() => {
  mountBpffs(directory);
  ip('link add nt0 type veth peer name nt1');
  ip('link set nt0 up');
  ip('link set nt1 up');
});
afterAll(() => {
  ip('link del nt0');
  unmountBpffs(directory);
  rmSync(directory, { recursive: true });
});

describe('objects', () => {
  it('load, pin and open again; nothing stays open', async () => {
    expect(isBpffs(directory)).toBe(true);
    const before = descriptors();
    const object = BpfObject.open(OBJECT);
    await object.load();
    const path = join(directory, 'slot');
    object.map('xdp_slot').pin(path);
    object.close();
    const map = BpfMap.fromPin(path);
    expect(map.description).toMatchObject({ name: 'xdp_slot', maxEntries: 1 });
    map.close();
    expect(descriptors()).toBe(before);
  });

  it('a missing file and a missing pin say what is missing', () => {
    expect(() => BpfObject.open(join(directory, 'none.o'))).toThrow(/none\.o/);
    try {
      BpfMap.fromPin(join(directory, 'no-pin'));
      expect.unreachable();
    } catch (error) {
      expect(isNativeError(error) && error.code).toBe('ENOENT');
    }
  });

  it('a variable of the wrong size is refused', () => {
    const object = BpfObject.open(PIPELINE);
    expect(() => object.setRodata('features', Buffer.alloc(3))).toThrow(/features/);
    object.close();
  });
});

describe('maps', () => {
  it('per-CPU values have one part for each CPU', async () => {
    const object = BpfObject.open(OBJECT);
    await object.load();
    const map = object.map('reason_counters');
    expect(map.lookupPerCpu(u32(1))).toHaveLength(possibleCpus());
    expect(() => map.lookup(Buffer.alloc(3))).toThrow(/key has 3 bytes, expected 4/);
    expect(map.lookup(u32(1_000_000))).toBeNull();
    object.close();
  });

  it('hash maps are written and read in batches, whole', async () => {
    const object = BpfObject.open(PIPELINE);
    object.setMaxEntries('sessions', 10_000);
    object.setMaxEntries('session_replies', 10_000);
    await object.load();
    const map = object.map('session_replies');
    const { keySize, valueSize } = map.description;
    const count = 5000;
    const keys = Buffer.alloc(keySize * count);
    for (let i = 0; i < count; i++) keys.writeUInt32LE(i, i * keySize);
    await map.updateBatch(keys, Buffer.alloc(valueSize * count), count);
    const seen = new Set<number>();
    for await (const batch of map.batches(512))
      for (let i = 0; i < batch.count; i++) seen.add(batch.keys.readUInt32LE(i * keySize));
    expect(seen.size).toBe(count);
    expect(map.delete(keys.subarray(0, keySize))).toBe(true);
    expect(map.delete(keys.subarray(0, keySize))).toBe(false);
    object.close();
  });

  it('the memory of an array is the kernel’s', async () => {
    const object = BpfObject.open(PIPELINE);
    await object.load();
    const clock = object.map('clock');
    Buffer.from(clock.mmap()).writeUInt32LE(4711, 0);
    expect(clock.lookup(u32(0))?.readUInt32LE()).toBe(4711);
    object.close();
  });
});

describe('links', () => {
  it('outlive their descriptors by a pin, and are gone with it', async () => {
    const object = BpfObject.open(OBJECT);
    await object.load();
    const path = join(directory, 'link');
    const index = interfaceIndex('nt0');
    const link = BpfLink.attachXdp(object.program('gh_entry_xdp'), index, 'native');
    link.pin(path);
    link.close();
    const again = BpfLink.fromPin(path);
    expect(again.info.ifindex).toBe(index);
    again.close();
    expect(() => BpfLink.attachXdp(object.program('gh_entry_xdp'), index, 'native')).toThrow(/EBUSY|busy/i);
    rmSync(path);
    // the kernel frees a link a moment after its last reference went
    await expect
      .poll(() => {
        try {
          BpfLink.attachXdp(object.program('gh_entry_xdp'), index, 'native').close();
          return 'attached';
        } catch (error) {
          return (error as Error).message;
        }
      })
      .toBe('attached');
    expect(() => BpfLink.attachTcx(object.program('gh_entry_tc_ingress'), 999_999, 'ingress')).toThrow();
    object.close();
  });
});

describe('the system', () => {
  it('a lock is held by one process', () => {
    const file = join(tmpdir(), `gh-lock-${process.pid}`);
    const held = lockFile(file);
    expect(held).not.toBeNull();
    const script = `import { lockFile } from ${JSON.stringify(join(import.meta.dirname, '../index.ts'))}; console.log(lockFile(${JSON.stringify(file)}) === null)`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(other.stdout.trim()).toBe('true');
    rmSync(file);
  });

  it('interfaces have numbers; one that does not exist has none', () => {
    expect(interfaceIndex('lo')).toBe(1);
    expect(interfaceIndex('none0')).toBe(0);
  });

  it('netlink tells a new address', async () => {
    const told = new Promise<number[]>((resolve) => {
      const listener = new NetlinkListener([netlinkGroup.IPV4_IFADDR], (types) => {
        listener.close();
        resolve(types);
      });
    });
    ip('address add 192.0.2.1/24 dev nt0');
    expect(await told).toContain(netlinkMessage.NEWADDR);
  });
});
