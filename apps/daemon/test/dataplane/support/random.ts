/** Seeded random numbers (mulberry32), so that a failing case can be run again. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** A number of [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  /** An integer of [low, high]. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }
  /** Between `low` and `high` different items. */
  some<T>(items: readonly T[], low: number, high: number): T[] {
    const pool = [...items];
    const result: T[] = [];
    const count = Math.min(this.int(low, high), pool.length);
    while (result.length < count) result.push(...pool.splice(this.int(0, pool.length - 1), 1));
    return result;
  }
}
