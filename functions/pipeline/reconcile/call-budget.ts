import type { Bucket } from '../../rate-limit/bucket.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';

/** The run ends here and the next one goes on: its time is up, or the platform's limit is used by others. */
export class BudgetExhausted extends OwnError {
  override readonly name = 'BudgetExhausted';
  readonly reason: 'time' | 'slots';

  constructor(reason: 'time' | 'slots') {
    super(reason === 'time' ? 'the time of the run is up' : 'others use the limit of the platform');
    this.reason = reason;
  }
}

/** Hands out what is left of the platform's limit, one call at a time. */
export interface CallBudget {
  /**
   * Resolves when one call may be made, at once.
   *
   * @throws BudgetExhausted
   */
  take(): Promise<void>;
  /** What is left of the run for calls, in ms. */
  leftMs(): number;
  /** How many calls were let go so far. */
  taken(): number;
}

/** A list has no message that could come back later, so short waits are waited; at a longer one nothing is left for us (ms). */
const LONGEST_WAIT_MS = 5_000;
/** What one run waits in all (ms): beyond it the waiting would cost more than the work. */
const WAITS_PER_RUN_MS = 120_000;

export function createCallBudget(options: {
  bucket: Bucket;
  clock: Clock;
  /** What is left of the function's time, in ms. */
  remainingMs: () => number;
  /** Longest time that one call and what follows from it may take, in ms. */
  slowestCallMs: number;
}): CallBudget {
  const { bucket, clock, remainingMs, slowestCallMs } = options;
  let waitedMs = 0;
  let taken = 0;
  return {
    taken: () => taken,
    leftMs: () => remainingMs() - slowestCallMs,
    async take() {
      for (;;) {
        if (remainingMs() < slowestCallMs) throw new BudgetExhausted('time');
        const { granted, retryAt } = await bucket.take(1, 'bulk');
        taken += granted;
        if (granted > 0) return;
        const wait = Math.max(1, (retryAt ?? Number.POSITIVE_INFINITY) - clock.now());
        waitedMs += wait;
        if (wait > LONGEST_WAIT_MS || waitedMs > WAITS_PER_RUN_MS) throw new BudgetExhausted('slots');
        await clock.sleep(wait);
      }
    },
  };
}
