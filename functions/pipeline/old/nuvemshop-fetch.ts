import type { Pause } from '../../storage/circuit-breaker.ts';
import { normaliseNuvemshopOrder } from '../../platforms/nuvemshop/normalise.ts';
import type { Queue } from '../../runtime/queue.ts';
import { nextStep } from '../failure-policy.ts';
import type { Dirty } from './nuvemshop-dirty.ts';
import type { PendingFetches } from '../../storage/pending-fetches.ts';
import { type Recorder, record } from '../order-writer.ts';
import type { OrderKey } from '../../domain/order-row.ts';

export interface NuvemshopFetcher extends Recorder {
  storeId: string;
  queue: Queue;
  pause: Pause;
  pending: PendingFetches;
  /** The order as the platform shows it now, with the very bytes of its answer. */
  fetchOrder(orderId: string, correlationId: string): Promise<{ json: unknown; bytes: Uint8Array }>;
  random: () => number;
}

/** After pausing the platform, the order's message comes back this soon, to wait with the others (s). */
const AFTER_PAUSE_SECONDS = 60;

/** Fetches one order and records it; what the platform's failure asks for is done here, our own failures are thrown. */
export async function fetchAndRecord(fetcher: NuvemshopFetcher, group: Dirty): Promise<void> {
  const { clock, metrics, queue } = fetcher;
  const { message } = group.newest;
  const asOf = clock.now();
  const oldest = Math.min(...group.deliveries.map((delivery) => delivery.message.receivedAt));
  // What is fetched in bulk may wait for hours and is not late.
  if (group.cls === 'urgent')
    metrics.add('MessageAgeSeconds', 'nuvemshop', Math.max(0, asOf - oldest) / 1000);
  const sighting = {
    key: orderKey(fetcher, group.orderId),
    asOf,
    receivedAt: oldest,
    origin: group.origin,
    correlationId: message.correlationId,
  };
  try {
    const { json, bytes } = await fetcher.fetchOrder(group.orderId, message.correlationId);
    await fetcher.pause.resume();
    const read = normaliseNuvemshopOrder(json, { storeId: fetcher.storeId });
    const said = read.ok ? read : { attention: { reason: read.reason, problem: read.problem } };
    const { lookAgainInSeconds } = await record(fetcher, { ...sighting, said, bytes });
    if (lookAgainInSeconds !== undefined) await queue.send(anew(message, clock.now()), lookAgainInSeconds);
  } catch (error) {
    const attempts = Math.max(...group.deliveries.map((delivery) => delivery.message.attempts));
    const next = nextStep(error, attempts, fetcher.random);
    if (next.step === 'fail') throw error;
    if (next.step === 'attention') {
      await record(fetcher, { ...sighting, said: { attention: next }, bytes: group.newest.bytes });
    } else if (next.step === 'again') {
      await sendAgain(fetcher, group, next.delaySeconds, { attempts: attempts + 1 });
      metrics.add('MessageRetried', 'nuvemshop', 1);
    } else {
      await fetcher.pause.pause(next.cause, next.remedy);
      metrics.add('PlatformPaused', 'nuvemshop', 1);
      fetcher.log.error('nuvemshop is paused', { ...next, correlationId: message.correlationId });
      await sendToWait(fetcher, group, AFTER_PAUSE_SECONDS);
    }
  }
}

/** Sends the group's newest notice again, to come back after `delaySeconds`, at its `turn` when the bucket gave it one. */
export async function sendToWait(
  fetcher: NuvemshopFetcher,
  group: Dirty,
  delaySeconds: number,
  turn?: number,
): Promise<void> {
  await sendAgain(fetcher, group, delaySeconds, turn === undefined ? {} : { turn });
  fetcher.metrics.add('MessageWaited', 'nuvemshop', 1);
}

/**
 * One message waits for the whole group: the fetch it leads to begins after all of them were received. That is written
 * down before it is sent, because the others are gone for good once it is.
 */
async function sendAgain(
  { pending, queue, clock }: NuvemshopFetcher,
  { orderId, newest, dirtyAt, cls }: Dirty,
  delaySeconds: number,
  change: { turn?: number; attempts?: number },
): Promise<void> {
  const { message } = newest;
  const turn = change.turn ?? clock.now() + delaySeconds * 1000;
  await pending.announce(orderId, { me: message.correlationId, turn, dirtyAt, cls });
  await queue.send({ ...message, ...change, turn }, delaySeconds);
}

const anew = ({ turn: _, ...message }: Dirty['newest']['message'], receivedAt: number) => ({
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
