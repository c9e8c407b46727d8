import type { Origin } from '../../domain/order-row.ts';
import type { Priority } from '../../rate-limit/limits.ts';
import { mostUrgent } from '../../rate-limit/limits.ts';
import type { NuvemshopMessage } from '../../runtime/messages.ts';
import type { QueueMessage } from '../batch.ts';
import { type NuvemshopFetcher, orderKey } from './nuvemshop-fetch.ts';

type NuvemshopDelivery = QueueMessage<NuvemshopMessage>;

/** One order that changed and was not fetched since, with every delivery of the batch that says so. */
export interface RefreshRequest {
  orderId: string;
  messages: NuvemshopDelivery[];
  /** The delivery received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: NuvemshopDelivery;
  /** Epoch ms after which a fetch has to begin to serve everything that counts on this one. */
  staleSince: number;
  /** The most urgent among the deliveries: a backfill never makes a buyer's order wait. */
  priority: Priority;
  origin: Origin;
  /** When the line of this class promised a place; absent when none of the class stood in it. */
  scheduledAt?: number;
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;

/**
 * Decides whether an order still has to be fetched for these deliveries. `undefined` when it need not: it was fetched after
 * the last of them came in, or another message that waits in the queue will fetch it.
 */
export async function needsRefresh(
  fetcher: Pick<NuvemshopFetcher, 'orders' | 'pending' | 'storeId'>,
  orderId: string,
  messages: NuvemshopDelivery[],
): Promise<RefreshRequest | undefined> {
  const priority = mostUrgent(messages.map(({ message }) => priorityOf(message)));
  const foremost = messages.filter(({ message }) => priorityOf(message) === priority);
  const newest = newestOf(foremost);
  const { correlationId } = newest.message;
  const receivedAt = Math.max(...messages.map(({ message }) => message.receivedAt));
  const [row, pending] = await Promise.all([
    fetcher.orders.get(orderKey(fetcher, orderId)),
    fetcher.pending.get(orderId),
  ]);
  const ours = messages.some(({ message }) => message.correlationId === pending?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const staleSince = Math.max(receivedAt, ours ? (pending?.staleSince ?? 0) : 0);
  if (row?.state === 'ok' && row.observedAt > staleSince + CLOCK_MARGIN_MS) return undefined;
  const stoodInLine = messages.some(({ message }) => message.scheduledAt !== undefined);
  if (
    !stoodInLine &&
    !ours &&
    (await fetcher.pending.coalesce(orderId, { me: correlationId, receivedAt, priority }))
  )
    return undefined;
  const scheduledTimes = foremost
    .map(({ message }) => message.scheduledAt)
    .filter((scheduledAt) => scheduledAt !== undefined);
  return {
    orderId,
    messages,
    newest,
    staleSince,
    priority,
    origin: newest.message.kind === 'nuvemshop.refetch' ? newest.message.origin : 'webhook',
    ...(scheduledTimes.length > 0 ? { scheduledAt: Math.min(...scheduledTimes) } : {}),
  };
}

// An order whose buyer is waiting goes before stock and backfill.
const priorityOf = (message: NuvemshopMessage): Priority =>
  message.kind === 'nuvemshop.refetch' ? message.class : 'urgent';

const newestOf = ([first, ...others]: NuvemshopDelivery[]): NuvemshopDelivery => {
  if (first === undefined) throw new Error('a group of notices is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};
