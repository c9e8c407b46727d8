import type { NuvemshopWebhookMessage } from '../contract/messages.ts';
import type { Delivery } from './deliveries.ts';
import { type NuvemshopFetcher, orderKey } from './nuvemshop-fetch.ts';

type NuvemshopDelivery = Delivery<NuvemshopWebhookMessage>;

/** One order that changed and was not fetched since, with every delivery of the batch that says so. */
export interface Dirty {
  orderId: string;
  deliveries: NuvemshopDelivery[];
  /** The delivery received last: one fetch after it serves them all, so it alone waits when they have to. */
  newest: NuvemshopDelivery;
  /** Epoch ms after which a fetch has to begin to serve everything that counts on this one. */
  dirtyAt: number;
  /** When the line at the bucket promised these deliveries a place; absent when they never stood in it. */
  turn?: number;
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;

/**
 * Decides whether an order still has to be fetched for these deliveries. `undefined` when it need not: it was fetched after
 * the last of them came in, or another message that waits in the queue will fetch it.
 */
export async function stillDirty(
  fetcher: Pick<NuvemshopFetcher, 'orders' | 'pending' | 'storeId'>,
  orderId: string,
  deliveries: NuvemshopDelivery[],
): Promise<Dirty | undefined> {
  const newest = newestOf(deliveries);
  const { correlationId, receivedAt } = newest.message;
  const [row, pending] = await Promise.all([
    fetcher.orders.get(orderKey(fetcher, orderId)),
    fetcher.pending.get(orderId),
  ]);
  const ours = deliveries.some(({ message }) => message.correlationId === pending?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const dirtyAt = Math.max(receivedAt, ours ? (pending?.dirtyAt ?? 0) : 0);
  if (row?.state === 'ok' && row.asOf > dirtyAt + CLOCK_MARGIN_MS) return undefined;
  const turns = deliveries.map(({ message }) => message.turn).filter((turn) => turn !== undefined);
  const stoodInLine = turns.length > 0;
  if (!stoodInLine && !ours && (await fetcher.pending.join(orderId, correlationId, receivedAt)))
    return undefined;
  return { orderId, deliveries, newest, dirtyAt, ...(stoodInLine ? { turn: Math.min(...turns) } : {}) };
}

const newestOf = ([first, ...others]: NuvemshopDelivery[]): NuvemshopDelivery => {
  if (first === undefined) throw new Error('a group of notices is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};
