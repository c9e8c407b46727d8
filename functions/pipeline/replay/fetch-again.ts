import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { Platform } from '../../platforms/names.ts';
import { platformSchema } from '../../platforms/names.ts';
import type { Queue } from '../../runtime/queue.ts';
import { orderPk } from '../../storage/keys.ts';
import { fetchNow, type SingleFetch } from './fetch-now.ts';
import {
  deletePlaceholder,
  noticedOrder,
  type Replayed,
  type Replayer,
  type ReplayOptions,
} from './replay.ts';

export interface Refetcher extends Replayer {
  queueOf(platform: Platform): Queue;
  fetchOf(platform: 'pedidosya' | 'imotriz'): SingleFetch;
}

const NUVEMSHOP_ID = /^\d{1,20}$/;

/**
 * Has an order fetched from its platform, in the class that takes only what live traffic leaves of the shared limit.
 * Nuvemshop's go through the queue to the consumer that fetches anyway; of the others no consumer calls the platform, so
 * theirs are fetched here and now. A row that stands in for a notice leads to the order it tells of.
 *
 * @throws PlatformError, or the AWS SDK's errors.
 */
export async function fetchAgain(
  refetcher: Refetcher,
  key: OrderKey,
  options: ReplayOptions,
): Promise<Replayed> {
  const platform = platformSchema.parse(key.platform);
  if (platform !== 'nuvemshop') return fetchNow(refetcher, refetcher.fetchOf(platform), key, options);
  const row = await refetcher.orders.get(key);
  return queueFetch(refetcher, key, row, options);
}

async function queueFetch(
  refetcher: Refetcher,
  key: OrderKey,
  row: OrderRow | undefined,
  { dryRun, correlationId }: ReplayOptions,
): Promise<Replayed> {
  const order = orderPk(key);
  const placeholder = row !== undefined && row.order === undefined && !NUVEMSHOP_ID.test(key.platformOrderId);
  const wanted = placeholder ? await noticedOrder(refetcher, key) : key;
  if (wanted === undefined || !NUVEMSHOP_ID.test(wanted.platformOrderId))
    return { order, result: 'failed', problem: 'it names no order that could be fetched' };
  const about = placeholder ? { orders: [orderPk(wanted)] } : {};
  if (dryRun) return { order, result: 'queued', ...about };
  await refetcher.queueOf('nuvemshop').send({
    v: 1,
    kind: 'nuvemshop.refetch',
    correlationId: `${correlationId}-${wanted.platformOrderId}`,
    receivedAt: refetcher.clock.now(),
    attempts: 0,
    orderId: wanted.platformOrderId,
    origin: 'replay',
    class: 'bulk',
  });
  if (placeholder) await deletePlaceholder(refetcher, row);
  return { order, result: 'queued', ...about };
}
