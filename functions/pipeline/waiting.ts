import { cohortsOf, type Travelling } from '../runtime/cohorts.ts';
import type { Tries } from './failure-policy.ts';
import { AT_ONCE, mapConcurrent } from './map-concurrent.ts';
import { isAnnounced, type RefreshRequest } from './refresh-request.ts';
import type { StoreContext } from './store-context.ts';

/** A request that comes back later. */
export interface Wait {
  request: RefreshRequest;
  delaySeconds: number;
  /** Its place in the line; when it comes back, where it has none. */
  scheduledAt?: number;
  /** Its tries so far, where it had one. */
  tries?: Tries;
}

/**
 * Sends requests again, each by the newest of its messages: one message waits for all of its request, and the fetch it leads to
 * begins after all of them were received. Those that others count on are written down before they are sent, because the
 * others are gone for good once they are. What comes back together travels together.
 */
export async function sendToWait(
  { pending, queue, clock }: Pick<StoreContext, 'pending' | 'queue' | 'clock'>,
  waits: readonly Wait[],
): Promise<void> {
  const now = clock.now();
  const placeOf = ({ scheduledAt, delaySeconds }: Wait) => scheduledAt ?? now + delaySeconds * 1000;
  await mapConcurrent(AT_ONCE, waits, async (wait) => {
    const { request } = wait;
    const { subject, newest, receivedAt, priority } = request;
    if (!isAnnounced(request)) return;
    const me = newest.message.correlationId;
    const fetch = { me, scheduledAt: placeOf(wait), staleSince: receivedAt, priority };
    await pending.schedule(subject, fetch, request.pending);
  });
  const travelling = waits.map((wait): Travelling => {
    const { request, delaySeconds, tries } = wait;
    return {
      message: { ...request.newest.message, scheduledAt: placeOf(wait), ...tries },
      delaySeconds,
    };
  });
  await Promise.all(
    cohortsOf(travelling).map(({ message, delaySeconds }) => queue.send(message, delaySeconds)),
  );
}
