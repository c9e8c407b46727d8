import type { NuvemshopMessage } from '../../runtime/messages.ts';
import type { Class } from '../../rate-limit/limits.ts';
import { mostUrgent } from '../../rate-limit/urgency.ts';
import type { Delivery } from '../batch.ts';
import { type NuvemshopFetcher, orderKey } from './nuvemshop-fetch.ts';
import type { Origin } from '../../domain/order-row.ts';

type NuvemshopDelivery = Delivery<NuvemshopMessage>;

/** One order that changed and was not fetched since, with every delivery of the batch that says so. */
export interface Dirty {
  orderId: string;
  deliveries: NuvemshopDelivery[];
  /** The delivery received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: NuvemshopDelivery;
  /** Epoch ms after which a fetch has to begin to serve everything that counts on this one. */
  dirtyAt: number;
  /** The most urgent among the deliveries: a backfill never makes a buyer's order wait. */
  cls: Class;
  origin: Origin;
  /** When the line of this class promised a place; absent when none of the class stood in it. */
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
  const cls = mostUrgent(deliveries.map(({ message }) => classOf(message)));
  const foremost = deliveries.filter(({ message }) => classOf(message) === cls);
  const newest = newestOf(foremost);
  const { correlationId } = newest.message;
  const receivedAt = Math.max(...deliveries.map(({ message }) => message.receivedAt));
  const [row, pending] = await Promise.all([
    fetcher.orders.get(orderKey(fetcher, orderId)),
    fetcher.pending.get(orderId),
  ]);
  const ours = deliveries.some(({ message }) => message.correlationId === pending?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const dirtyAt = Math.max(receivedAt, ours ? (pending?.dirtyAt ?? 0) : 0);
  if (row?.state === 'ok' && row.asOf > dirtyAt + CLOCK_MARGIN_MS) return undefined;
  const stoodInLine = deliveries.some(({ message }) => message.turn !== undefined);
  if (!stoodInLine && !ours && (await fetcher.pending.join(orderId, { me: correlationId, receivedAt, cls })))
    return undefined;
  const turns = foremost.map(({ message }) => message.turn).filter((turn) => turn !== undefined);
  return {
    orderId,
    deliveries,
    newest,
    dirtyAt,
    cls,
    origin: newest.message.kind === 'nuvemshop.refetch' ? newest.message.origin : 'webhook',
    ...(turns.length > 0 ? { turn: Math.min(...turns) } : {}),
  };
}

// An order whose buyer is waiting goes before stock and backfill.
const classOf = (message: NuvemshopMessage): Class =>
  message.kind === 'nuvemshop.refetch' ? message.class : 'urgent';

const newestOf = ([first, ...others]: NuvemshopDelivery[]): NuvemshopDelivery => {
  if (first === undefined) throw new Error('a group of notices is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};
