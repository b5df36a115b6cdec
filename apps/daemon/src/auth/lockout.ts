/** Slows down guessing: after a few failures for a name, each further one doubles the wait. Counted here, not read from a log. */

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const FORGET_MS = 15 * 60_000;
/** Names remembered at most; guessing random names can not fill the memory. */
const NAMES = 10_000;

type Record = { failures: number; until: number; last: number };

export class Lockout {
  private readonly records = new Map<string, Record>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** Milliseconds that this name has to wait, 0 = may try. */
  wait(name: string): number {
    const record = this.records.get(name);
    if (!record) return 0;
    if (this.now() - record.last > FORGET_MS) {
      this.records.delete(name);
      return 0;
    }
    return Math.max(0, record.until - this.now());
  }

  failed(name: string): void {
    const record = this.records.get(name) ?? { failures: 0, until: 0, last: 0 };
    record.failures++;
    record.last = this.now();
    const over = record.failures - FREE_FAILURES;
    if (over >= 0) record.until = this.now() + Math.min(FIRST_WAIT_MS * 2 ** over, LONGEST_WAIT_MS);
    this.records.delete(name);
    this.records.set(name, record);
    const oldest = this.records.keys().next().value;
    if (this.records.size > NAMES && oldest !== undefined) this.records.delete(oldest);
  }

  succeeded(name: string): void {
    this.records.delete(name);
  }
}
