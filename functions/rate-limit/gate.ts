import type { SchedulingBucket } from './bucket.ts';
import type { Clock, EpochMs, Sleep } from './clock.ts';
import { PRIORITIES, type Priority } from './limits.ts';
import type { SlotGrant } from './plan.ts';

/** A message that wants to call the platform. `scheduledAt` travels in the queue message from one receive to the next. */
export interface Waiting {
  id: string;
  priority: Priority;
  /** When it was promised to be let in; absent at the first receive. */
  scheduledAt?: EpochMs;
  /** Calls it will make, 1 when absent. */
  calls?: number;
}

/**
 * `go`: call the platform at once, every message of the batch beside the others: a call that begins some tenths of a
 * second later may be one too many. Otherwise re-send the message with `DelaySeconds = delaySeconds` (1..900) and
 * `scheduledAt` in it, and only then report the old one as done. Nothing is let in more than 2 s before its time.
 */
export type Verdict =
  | { id: string; go: true }
  | { id: string; go: false; delaySeconds: number; scheduledAt: EpochMs };

/** Decides for a batch of messages who calls now and who comes back when. Waiting is never a failure. */
export interface Gate {
  /**
   * One write for the whole batch, two when others wrote meanwhile.
   *
   * @throws BucketError when a message wants more calls at once than `largestRequest` of the bucket's limits.
   */
  admit(batch: Waiting[]): Promise<Verdict[]>;
}

export interface GateOptions {
  bucket: SchedulingBucket;
  clock: Clock;
  sleep: Sleep;
  /** The longest wait that is slept in process (ms): a longer one costs more than sending the message again. */
  patienceMs?: number;
  /** Milliseconds the function has left. Without it nothing is slept beyond `patienceMs`. */
  remainingMs?: () => number;
}

/** The priority that is served first; `bulk` when there is none. */
export const mostUrgent = (found: readonly Priority[]): Priority =>
  PRIORITIES.find((priority) => found.includes(priority)) ?? 'bulk';

/** The longest `DelaySeconds` of SQS (SQS developer guide, message timers). */
export const LONGEST_DELAY_SECONDS = 900;
const PATIENCE_MS = 300;
/** A message may come back this much too early (the longest delay was too short, a clock is wrong) and still take free room. */
const EARLY_MS = 2000;
/** Left to the function for its calls and for reporting, whatever is slept. */
const RESERVE_MS = 3000;

/** Creates the gate in front of one bucket. */
export function createGate(options: GateOptions): Gate {
  const { bucket, clock, sleep, patienceMs = PATIENCE_MS, remainingMs } = options;
  return {
    async admit(batch) {
      const now = clock.now();
      const left = remainingMs === undefined ? patienceMs : remainingMs() - RESERVE_MS;
      const patience = Math.max(0, Math.min(patienceMs, left));
      // Still a long way to go: it comes back for the rest of its delay, without a look at the bucket.
      const tooEarly = ({ scheduledAt = 0 }: Waiting) => scheduledAt > now + patience;
      const ready = batch.filter(
        ({ scheduledAt }) => scheduledAt === undefined || scheduledAt <= now + EARLY_MS,
      );
      const answers = await bucket.allocate(
        ready.map((message) => ({
          priority: message.priority,
          calls: message.calls ?? 1,
          patienceMs: patience,
          // Too early it may find room, but it does not give its reservation away for a later one.
          reserve: !tooEarly(message),
          fresh: message.scheduledAt === undefined,
        })),
      );
      const start = Math.max(0, ...answers.filter(({ go }) => go).map(({ at }) => at));
      const wait = start - clock.now();
      if (wait > 0) await sleep(wait);

      const byMessage = new Map<Waiting, SlotGrant>();
      ready.forEach((message, index) => {
        const answer = answers[index];
        if (answer) byMessage.set(message, answer);
      });
      const after = clock.now();
      return batch.map((message) => {
        const answer = byMessage.get(message);
        if (answer?.go) return { id: message.id, go: true };
        const comeBack = (tooEarly(message) ? message.scheduledAt : answer?.at) ?? after;
        return {
          id: message.id,
          go: false,
          delaySeconds: delaySecondsUntil(comeBack - 0.8 * patience, after),
          scheduledAt: comeBack,
        };
      });
    },
  };
}

function delaySecondsUntil(scheduledAt: EpochMs, now: EpochMs): number {
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(1, Math.ceil((scheduledAt - now) / 1000)));
}
