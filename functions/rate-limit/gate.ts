import type { SchedulingBucket } from './bucket.ts';
import type { EpochMs, Sleep } from './clock.ts';
import { PRIORITIES, type Priority } from './limits.ts';
import { EARLY_MS, type SlotGrant } from './slots.ts';

/** A message that wants to call the platform. `scheduledAt` travels in the queue message from one receive to the next. */
export interface Waiting {
  id: string;
  priority: Priority;
  /** When it was promised to be let in; absent at the first receive. */
  scheduledAt?: EpochMs;
  /** Calls it will make, 1 when absent. */
  calls?: number;
  /** For how long this function has kept it (ms); absent when it was just received. */
  keptMs?: number;
}

/**
 * `go`: call the platform in `inMs`, to the tenth of a second: a call that begins later may be one too many. Otherwise
 * re-send the message with `DelaySeconds = delaySeconds` (1..50) and `scheduledAt` in it, and only then report the old one as
 * done. With `askInMs` it is one of those that are paced now: keep it, and ask again for it then. Messages of one `scheduledAt` are a cohort and best travel as one. Nothing is let in more than 2 s before its time.
 */
export type Verdict =
  | { id: string; go: true; inMs: number }
  | { id: string; go: false; delaySeconds: number; scheduledAt: EpochMs }
  | { id: string; go: false; askInMs: number; scheduledAt: EpochMs };

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
  sleep: Sleep;
  /** The longest wait that is slept in process (ms): a longer one costs more than sending the message again. */
  patienceMs?: number;
  /** Milliseconds the function has left. Without it nothing is slept beyond `patienceMs`. */
  remainingMs?: () => number;
}

/** The priority that is served first; `bulk` when there is none. */
export const mostUrgent = (found: readonly Priority[]): Priority =>
  PRIORITIES.find((priority) => found.includes(priority)) ?? 'bulk';

/** Nobody can call a message back from its delay, so it comes to look whether its place still holds: a plan may have grown. */
export const LONGEST_DELAY_SECONDS = 50;
const PATIENCE_MS = 300;
/** Left to the function for its calls and for reporting, whatever is slept. */
const RESERVE_MS = 3000;

/** Creates the gate in front of one bucket. */
export function createGate(options: GateOptions): Gate {
  const { bucket, sleep, patienceMs = PATIENCE_MS, remainingMs } = options;
  return {
    async admit(batch) {
      const now = bucket.now();
      const left = remainingMs === undefined ? patienceMs : remainingMs() - RESERVE_MS;
      const patience = Math.max(0, Math.min(patienceMs, left));
      const answers = await bucket.allocate(batch.map((message) => requestOf(message, now, patience)));
      const { paced, intervalMs } = bucket.limits();
      const start = paced ? 0 : Math.max(0, ...answers.filter(({ go }) => go).map(({ at }) => at));
      const wait = start - bucket.now();
      if (wait > 0) await sleep(wait);

      const after = bucket.now();
      return batch.map((message, index): Verdict => {
        const { id, scheduledAt } = message;
        const { go, at, place, hold }: SlotGrant = answers[index] ?? { go: false, at: after };
        if (go) return { id, go, inMs: paced ? Math.max(0, at - after) : 0 };
        // It asks for its next slots when the last of these begins.
        if (hold && (message.keptMs ?? 0) < LONGEST_KEEP_MS && at - after < LONGEST_KEEP_MS)
          return {
            id,
            go,
            askInMs: Math.max(ASK_AGAIN_MS, at - intervalMs - after),
            scheduledAt: place ?? at,
          };
        const isEarly =
          scheduledAt !== undefined && scheduledAt > now + patience && scheduledAt <= now + EARLY_MS;
        const comeBack = isEarly && place === undefined ? scheduledAt : at;
        const early = paced && message.priority === 'bulk' ? PACED_EARLY_MS : 0.8 * patience;
        return {
          id,
          go,
          delaySeconds: delaySecondsUntil(comeBack - early, after),
          scheduledAt: place ?? comeBack,
        };
      });
    },
  };
}

/** A function paces its messages for no longer than this, whatever comes in between (ms). */
export const LONGEST_KEEP_MS = 40_000;
/** The soonest that it asks again (ms). */
const ASK_AGAIN_MS = 100;
/** Delays are whole seconds: half of what is to be paced next comes a little early, and waits for the function before it. */
const PACED_EARLY_MS = 700;
function requestOf({ priority, calls = 1, scheduledAt }: Waiting, now: EpochMs, patience: number) {
  const isEarly = scheduledAt !== undefined && scheduledAt > now + patience && scheduledAt <= now + EARLY_MS;
  return {
    priority,
    calls,
    patienceMs: patience,
    // Too early it may find room, but it does not give its reservation away for a later one.
    reserve: !isEarly,
    fresh: scheduledAt === undefined,
    ...(scheduledAt === undefined ? {} : { place: scheduledAt }),
  };
}

/** Those who come to look come together, and travel on as one. */
const LOOK_GRID_SECONDS = 10;

function delaySecondsUntil(scheduledAt: EpochMs, now: EpochMs): number {
  const seconds = Math.max(1, Math.ceil((scheduledAt - now) / 1000));
  if (seconds <= LONGEST_DELAY_SECONDS) return seconds;
  return LONGEST_DELAY_SECONDS - (Math.floor(now / 1000 + LONGEST_DELAY_SECONDS) % LOOK_GRID_SECONDS);
}
