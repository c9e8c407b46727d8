import type { OrderKey, OrderRow, Origin } from '../domain/order-row.ts';
import { mostUrgent } from '../rate-limit/gate.ts';
import type { Priority } from '../rate-limit/limits.ts';
import { EARLY_MS } from '../rate-limit/slots.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Message } from '../runtime/queue.ts';
import type { PendingFetch } from '../storage/pending-fetches.ts';
import type { QueueMessage } from './batch.ts';
import type { StoreContext } from './store-context.ts';

/** One order that is said to have changed, with every message of the batch that says so. */
export interface RefreshRequest {
  orderId: string;
  messages: QueueMessage[];
  /** The message received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: QueueMessage;
  /** Epoch ms at which the last of them was received: a fetch has to begin after it. */
  receivedAt: number;
  /** The most urgent among the messages: a backfill never makes a buyer's order wait. */
  priority: Priority;
  origin: Origin;
  /** When the line of this priority promised a slot; absent when none of its messages stood in it. */
  scheduledAt?: number;
  /** The pending fetch of the order, once it was looked at. */
  pending?: { found: PendingFetch | undefined };
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;

/** What messages of one order ask for. Reads nothing. */
export function requestOf(orderId: string, messages: QueueMessage[]): RefreshRequest {
  const priority = mostUrgent(messages.map(({ message }) => priorityOf(message)));
  const foremost = messages.filter(({ message }) => priorityOf(message) === priority);
  const newest = newestOf(foremost);
  const slots = foremost.map(({ message }) => message.scheduledAt).filter((slot) => slot !== undefined);
  return {
    orderId,
    messages,
    newest,
    receivedAt: Math.max(...messages.map(({ message }) => message.receivedAt)),
    priority,
    origin: newest.message.kind === 'refresh' ? newest.message.origin : 'webhook',
    ...(slots.length > 0 ? { scheduledAt: Math.min(...slots) } : {}),
  };
}

/** Whether the turn of a request may have come. */
export const isDue = ({ scheduledAt }: RefreshRequest, now: number): boolean =>
  scheduledAt === undefined || scheduledAt <= now + EARLY_MS;

/**
 * Whether others count on the fetch that a request waits for. Nobody counts on one in bulk: it is the last to be served, and
 * what is asked for in bulk a second time finds at its turn that it was fetched.
 */
export const isAnnounced = ({ priority }: RefreshRequest): boolean => priority !== 'bulk';

/** Whether a message that waits in the queue will fetch the order anyway, for an event that has no turn yet. */
export async function joinsOther(
  { pending }: Pick<StoreContext, 'pending'>,
  request: RefreshRequest,
): Promise<boolean> {
  const { orderId, messages, newest, receivedAt, priority } = request;
  if (!isAnnounced(request) || messages.some(({ message }) => message.scheduledAt !== undefined))
    return false;
  const found = await pending.get(orderId);
  request.pending = { found };
  if (messages.some(({ message }) => message.correlationId === found?.owner)) return false;
  return pending.coalesce(orderId, { me: newest.message.correlationId, receivedAt, priority }, found);
}

/**
 * Looks whether an order still has to be fetched for its messages, at their turn: the row as it is then, or undefined when it
 * was fetched after the last event that counts on this.
 */
export async function findNeed(
  context: Pick<StoreContext, 'orders' | 'pending' | 'platform' | 'store'>,
  request: RefreshRequest,
): Promise<{ row: OrderRow | undefined } | undefined> {
  const [row, fetch] = await Promise.all([
    context.orders.get(keyOf(context, request.orderId)),
    pendingOf(context, request),
  ]);
  const ours = request.messages.some(({ message }) => message.correlationId === fetch?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const staleSince = Math.max(request.receivedAt, ours ? (fetch?.staleSince ?? 0) : 0);
  return row?.state === 'ok' && row.observedAt > staleSince + CLOCK_MARGIN_MS ? undefined : { row };
}

async function pendingOf({ pending }: Pick<StoreContext, 'pending'>, request: RefreshRequest) {
  if (!isAnnounced(request)) return undefined;
  return request.pending === undefined ? pending.get(request.orderId) : request.pending.found;
}

// An order whose buyer is waiting goes before stock and backfill.
const priorityOf = (message: Message): Priority => (message.kind === 'refresh' ? message.priority : 'urgent');

const newestOf = ([first, ...others]: QueueMessage[]): QueueMessage => {
  if (first === undefined) throw new OwnError('a group of messages is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};

export const keyOf = (
  { platform, store }: Pick<StoreContext, 'platform' | 'store'>,
  platformOrderId: string,
): OrderKey => ({ platform: platform.name, storeId: store.id, platformOrderId });
