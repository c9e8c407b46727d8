import type { OrderKey } from '../orders/row.ts';
import { orderPk } from '../orders/row.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Queue } from '../runtime/queue.ts';
import { noticedOrder, type Replayed, type Replayer, type ReplayOptions, retire } from './replay.ts';

/** Why a platform's orders cannot be fetched one by one. */
export const NO_SINGLE_FETCH = {
  pedidosya:
    'PedidosYa orders are fetched by their window: run the reconciliation of the day they were placed.',
  imotriz:
    'iMotriz orders are fetched by the reconciliation, and only where the merchant configured its paths.',
} as const;

/**
 * Has an order fetched from its platform through the queue, in the class that takes only what live traffic leaves of the
 * shared limit. A row that stands in for a notice leads to the order it tells of.
 */
export async function fetchAgain(
  replayer: Replayer & { queue: Queue; clock: Clock },
  key: OrderKey,
  { dryRun, correlationId }: ReplayOptions,
): Promise<Replayed> {
  const order = orderPk(key);
  if (key.platform !== 'nuvemshop')
    return { order, result: 'failed', problem: NO_SINGLE_FETCH[key.platform] };
  const row = await replayer.orders.get(key);
  const standIn = row !== undefined && row.order === undefined && !/^\d{1,20}$/.test(key.platformOrderId);
  const wanted = standIn ? await noticedOrder(replayer, key) : key;
  if (wanted === undefined || !/^\d{1,20}$/.test(wanted.platformOrderId))
    return { order, result: 'failed', problem: 'it names no order that could be fetched' };
  const about = wanted === key ? {} : { orders: [orderPk(wanted)] };
  if (dryRun) return { order, result: 'queued', ...about };
  await replayer.queue.send({
    v: 1,
    kind: 'nuvemshop.refetch',
    correlationId: `${correlationId}-${wanted.platformOrderId}`,
    receivedAt: replayer.clock.now(),
    attempts: 0,
    orderId: wanted.platformOrderId,
    origin: 'replay',
    class: 'bulk',
  });
  if (standIn) await retire(replayer, row);
  return { order, result: 'queued', ...about };
}
