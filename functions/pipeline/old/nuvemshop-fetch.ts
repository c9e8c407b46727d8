import type { OrderKey } from '../../domain/order-row.ts';
import { normaliseNuvemshopOrder } from '../../platforms/nuvemshop/normalise.ts';
import type { Queue } from '../../runtime/queue.ts';
import type { CircuitBreaker } from '../../storage/circuit-breaker.ts';
import type { PendingFetches } from '../../storage/pending-fetches.ts';
import { nextStep } from '../failure-policy.ts';
import { type OrderWriter, upsertOrder } from '../order-writer.ts';
import type { RefreshRequest } from './nuvemshop-dirty.ts';

export interface NuvemshopFetcher extends OrderWriter {
  storeId: string;
  queue: Queue;
  pause: CircuitBreaker;
  pending: PendingFetches;
  /** The order as the platform shows it now, with the very bytes of its answer. */
  fetchOrder(orderId: string, correlationId: string): Promise<{ json: unknown; bytes: Uint8Array }>;
  random: () => number;
}

/** After pausing the platform, the order's message comes back this soon, to wait with the others (s). */
const AFTER_PAUSE_SECONDS = 60;

/** Fetches one order and records it; what the platform's failure asks for is done here, our own failures are thrown. */
export async function fetchAndRecord(fetcher: NuvemshopFetcher, group: RefreshRequest): Promise<void> {
  const { clock, metrics, queue } = fetcher;
  const { message } = group.newest;
  const observedAt = clock.now();
  const oldest = Math.min(...group.messages.map((queued) => queued.message.receivedAt));
  // What is fetched in bulk may wait for hours and is not late.
  if (group.priority === 'urgent')
    metrics.add('MessageAgeSeconds', 'nuvemshop', Math.max(0, observedAt - oldest) / 1000);
  const observation = {
    key: orderKey(fetcher, group.orderId),
    observedAt,
    receivedAt: oldest,
    origin: group.origin,
    correlationId: message.correlationId,
  };
  try {
    const { json, bytes } = await fetcher.fetchOrder(group.orderId, message.correlationId);
    await fetcher.pause.recordSuccess();
    const read = normaliseNuvemshopOrder(json, { storeId: fetcher.storeId });
    const reading = read.ok ? read : { review: { reason: read.reason, problem: read.problem } };
    const { lookAgainInSeconds } = await upsertOrder(fetcher, { ...observation, reading, bytes });
    if (lookAgainInSeconds !== undefined) await queue.send(anew(message, clock.now()), lookAgainInSeconds);
  } catch (error) {
    const attempts = Math.max(...group.messages.map((queued) => queued.message.attempts));
    const next = nextStep(error, attempts, fetcher.random);
    if (next.step === 'fail') throw error;
    if (next.step === 'needs-review') {
      await upsertOrder(fetcher, { ...observation, reading: { review: next }, bytes: group.newest.bytes });
    } else if (next.step === 'again') {
      await sendAgain(fetcher, group, next.delaySeconds, { attempts: attempts + 1 });
      metrics.add('MessageRetried', 'nuvemshop', 1);
    } else {
      await fetcher.pause.trip(next.cause, next.remedy);
      metrics.add('PlatformPaused', 'nuvemshop', 1);
      fetcher.log.error('nuvemshop is paused', { ...next, correlationId: message.correlationId });
      await sendToWait(fetcher, group, AFTER_PAUSE_SECONDS);
    }
  }
}

/** Sends the group's newest notice again, to come back after `delaySeconds`, at its `turn` when the bucket gave it one. */
export async function sendToWait(
  fetcher: NuvemshopFetcher,
  group: RefreshRequest,
  delaySeconds: number,
  scheduledAt?: number,
): Promise<void> {
  await sendAgain(fetcher, group, delaySeconds, scheduledAt === undefined ? {} : { scheduledAt });
  fetcher.metrics.add('MessageWaited', 'nuvemshop', 1);
}

/**
 * One message waits for the whole group: the fetch it leads to begins after all of them were received. That is written
 * down before it is sent, because the others are gone for good once it is.
 */
async function sendAgain(
  { pending, queue, clock }: NuvemshopFetcher,
  { orderId, newest, staleSince, priority }: RefreshRequest,
  delaySeconds: number,
  change: { scheduledAt?: number; attempts?: number },
): Promise<void> {
  const { message } = newest;
  const scheduledAt = change.scheduledAt ?? clock.now() + delaySeconds * 1000;
  await pending.schedule(orderId, { me: message.correlationId, scheduledAt, staleSince, priority });
  await queue.send({ ...message, ...change, scheduledAt }, delaySeconds);
}

const anew = ({ scheduledAt: _, ...message }: RefreshRequest['newest']['message'], receivedAt: number) => ({
  ...message,
  receivedAt,
});

export const orderKey = (
  { storeId }: Pick<NuvemshopFetcher, 'storeId'>,
  platformOrderId: string,
): OrderKey => ({
  platform: 'nuvemshop',
  storeId,
  platformOrderId,
});
