import type { EpochMs } from '../domain/time.ts';
import type { Endpoint } from '../storage/endpoints.ts';
import type { FeedPosition } from '../storage/feed.ts';

/** Whether an endpoint lacks something and may be called. One that a run works on is told nothing by a message. */
export const isDue = (endpoint: Endpoint, head: FeedPosition, now: EpochMs): boolean =>
  (backlogOf(endpoint, head) > 0 || endpoint.redeliver.size > 0 || endpoint.failures > 0) &&
  (endpoint.notBefore ?? 0) <= now &&
  (endpoint.leaseUntil ?? 0) <= now;

/** Events that an endpoint still lacks. One that stands in another epoch has to be looked at, whatever its number is. */
export const backlogOf = ({ epoch, seq }: Pick<Endpoint, 'epoch' | 'seq'>, head: FeedPosition): number =>
  epoch === head.epoch || epoch === 0 ? Math.max(0, head.seq - seq) : Math.max(1, head.seq);
