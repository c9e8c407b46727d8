import type { OrderKey, Origin } from '../domain/order-row.ts';
import { mostUrgent, type Priority } from '../rate-limit/limits.ts';
import type { Message } from '../runtime/messages.ts';
import type { QueueMessage } from './batch.ts';
import type { StoreContext } from './store-context.ts';

/** One order that changed and was not fetched since, with every message of the batch that says so. */
export interface RefreshRequest {
  orderId: string;
  messages: QueueMessage[];
  /** The message received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: QueueMessage;
  /** Epoch ms after which a fetch has to begin to serve everything that counts on this one. */
  staleSince: number;
  /** The most urgent among the messages: a backfill never makes a buyer's order wait. */
  priority: Priority;
  origin: Origin;
  /** When the line of this priority promised a slot; absent when none of its messages stood in it. */
  scheduledAt?: number;
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;

/**
 * Decides whether an order still has to be fetched for these messages. `undefined` when it need not: it was fetched after
 * the last of them came in, or another message that waits in the queue will fetch it.
 */
export async function needsRefresh(
  { orders, pending }: Pick<StoreContext, 'orders' | 'pending'>,
  key: OrderKey,
  messages: QueueMessage[],
): Promise<RefreshRequest | undefined> {
  const orderId = key.platformOrderId;
  const priority = mostUrgent(messages.map(({ message }) => priorityOf(message)));
  const foremost = messages.filter(({ message }) => priorityOf(message) === priority);
  const newest = newestOf(foremost);
  const { correlationId } = newest.message;
  const receivedAt = Math.max(...messages.map(({ message }) => message.receivedAt));
  const [row, fetch] = await Promise.all([orders.get(key), pending.get(orderId)]);
  const ours = messages.some(({ message }) => message.correlationId === fetch?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const staleSince = Math.max(receivedAt, ours ? (fetch?.staleSince ?? 0) : 0);
  if (row?.state === 'ok' && row.observedAt > staleSince + CLOCK_MARGIN_MS) return undefined;
  const stoodInLine = messages.some(({ message }) => message.scheduledAt !== undefined);
  const joins = !stoodInLine && !ours;
  if (joins && (await pending.coalesce(orderId, { me: correlationId, receivedAt, priority })))
    return undefined;
  const slots = foremost.map(({ message }) => message.scheduledAt).filter((slot) => slot !== undefined);
  return {
    orderId,
    messages,
    newest,
    staleSince,
    priority,
    origin: newest.message.kind === 'refresh' ? newest.message.origin : 'webhook',
    ...(slots.length > 0 ? { scheduledAt: Math.min(...slots) } : {}),
  };
}

// An order whose buyer is waiting goes before stock and backfill.
const priorityOf = (message: Message): Priority => (message.kind === 'refresh' ? message.priority : 'urgent');

const newestOf = ([first, ...others]: QueueMessage[]): QueueMessage => {
  if (first === undefined) throw new Error('a group of messages is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};
