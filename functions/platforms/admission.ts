import type { PlatformName } from '../domain/order.ts';
import { PlatformError } from '../http/errors.ts';
import type { Bucket, Priority } from '../rate-limit/bucket.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CallContext } from './calls.ts';

/** How one piece of work takes its slots in a platform's limit; see {@link CallContext}. */
export type Admit = CallContext['admit'];

/**
 * The error of a call for which there is no slot now: it was not made, and waits like any other.
 *
 * @param retryAfterMs how long there is none, as far as is known
 */
export const noSlot = (platform: PlatformName, operation: string, retryAfterMs?: number): PlatformError =>
  new PlatformError({
    platform,
    operation,
    kind: 'retry-later',
    throttled: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/**
 * For work that took the slot of its first call before it began. What it calls beyond that, as after a refused token,
 * needs a slot of its own, at once or not at all.
 */
export function prepaid(platform: PlatformName, bucket: Bucket): Admit {
  let calls = 0;
  return async (operation) => {
    calls += 1;
    if (calls > 1 && (await bucket.take(1, 'urgent')).granted === 0) throw noSlot(platform, operation);
  };
}

/** For work that may wait: each call waits for its slot, as long as `mayWait` allows (ms; forever when absent). */
export function patient(
  platform: PlatformName,
  bucket: Bucket,
  how: { priority: Priority; clock: Clock; fresh?: boolean; mayWait?: (ms: number) => boolean },
): Admit {
  const { priority, clock, fresh, mayWait } = how;
  return async (operation) => {
    for (;;) {
      const { granted, retryAt = clock.now() + 1000 } = await bucket.take(1, priority, fresh);
      if (granted > 0) return;
      const wait = Math.max(1, retryAt - clock.now());
      if (mayWait !== undefined && !mayWait(wait)) throw noSlot(platform, operation, wait);
      await clock.sleep(wait);
    }
  };
}
