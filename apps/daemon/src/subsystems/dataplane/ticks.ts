/** The pipeline's clock: ticks of 2^tickShift ns of CLOCK_MONOTONIC in 32 bits, which wrap after 52 days and are compared by signed difference. */
import { limit } from '@gatehouse/bpf/abi';
import { monotonicNs } from '@gatehouse/native';

const TICK_NS = 2 ** limit.tickShift;

/** Longest timeout that a signed difference can tell from a past time. */
const MAX_TICKS = 2 ** 31 - 1;

export function secondsToTicks(seconds: number): number {
  return Math.min(Math.floor((seconds * 1e9) / TICK_NS), MAX_TICKS);
}

export function ticksToMs(ticks: number): number {
  return (ticks * TICK_NS) / 1e6;
}

/** Ticks now. */
export function nowTicks(): number {
  return Number((monotonicNs() >> BigInt(limit.tickShift)) & 0xffffffffn);
}

/** Milliseconds from a tick until now; 0 for one that lies ahead. */
export function ageMs(tick: number, now = nowTicks()): number {
  return ticksToMs(Math.max(0, (now - tick) | 0));
}

/** Milliseconds between the epoch and the boot: what to add to CLOCK_MONOTONIC for wall-clock time. Read anew each time, as the wall clock may be set. */
export function bootEpochMs(): number {
  return Date.now() - Number(monotonicNs() / 1000000n);
}
