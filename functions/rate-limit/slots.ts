import type { EpochMs } from './clock.ts';
import type { Priority } from './limits.ts';

/** A message may come back this much too early (the longest delay was too short, a clock is wrong) and still take free room. */
export const EARLY_MS = 2000;

/** One message (or one call) that wants slots: all of its calls or none. */
export interface SlotRequest {
  priority: Priority;
  calls: number;
  /** It has no reservation: while others are waiting for theirs, it only takes what they leave. */
  fresh?: boolean;
  /** A slot that starts within this many milliseconds counts as now; the caller sleeps until it starts. */
  patienceMs?: number;
  /** When there is no slot now, reserve a time to come back at. */
  reserve?: boolean;
  /** The place in its line that it was given before; it keeps one that is still ahead as long as the line reaches that far. */
  place?: EpochMs;
}

/** `at` is when the slot starts or, without one, when to try again. `place`: what it has in the line, where that is not `at`. */
export interface SlotGrant {
  go: boolean;
  /** It is of the cohort that is paced now: the next slots are its. */
  hold?: boolean;
  place?: EpochMs;
  at: EpochMs;
}
