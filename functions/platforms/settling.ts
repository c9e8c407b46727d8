import type { EpochMs } from '../domain/time.ts';

/** A call may stand this long in a platform's own queue before it is carried out (ms). */
const HELD_MS = 20_000;
/** How soon after a call of unknown outcome its effect is looked for again (ms). */
export const FIRST_LOOK_MS = 10_000;
/** This long after a call was over at the latest, what it did is to be seen; what is not seen then it did not do (ms). */
export const SETTLED_MS = HELD_MS + 60_000;

/**
 * When to look again for something that a call of unknown outcome may have made; undefined once it was made or never will be.
 *
 * @param callUntil when the call was over at the latest: whoever made it may have been cut off
 */
export function nextLookAt(callUntil: EpochMs, now: EpochMs): EpochMs | undefined {
  if (now < callUntil) return Math.min(callUntil, now + FIRST_LOOK_MS);
  return [FIRST_LOOK_MS, SETTLED_MS].map((ms) => callUntil + ms).find((at) => at > now);
}
