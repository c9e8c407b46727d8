import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import { patient } from '../../platforms/connection.ts';
import { orderPk } from '../../storage/keys.ts';
import { readingOf } from '../order-writer.ts';
import type { StoreContext } from '../store-context.ts';
import { changedOrder, deletePlaceholder, mergeFound, type Replayed, type ReplayOptions } from './replay.ts';

/**
 * Has an order fetched from its platform, by the priority that takes only what live traffic leaves of the shared limit.
 * Where a consumer fetches orders anyway, the request goes through its queue; of the other platforms no consumer makes
 * calls, so theirs are fetched here and now. A placeholder leads to the order that its bytes tell of.
 *
 * @throws PlatformError, or the AWS SDK's errors.
 */
export function fetchAgain(context: StoreContext, key: OrderKey, options: ReplayOptions): Promise<Replayed> {
  return context.platform.resources.order.truth === 'fetched'
    ? queueFetch(context, key, options)
    : fetchNow(context, key, options);
}

async function queueFetch(
  context: StoreContext,
  key: OrderKey,
  { dryRun, correlationId }: ReplayOptions,
): Promise<Replayed> {
  const { isOrderId } = context.platform.resources.order;
  const order = orderPk(key);
  const row = await context.orders.get(key);
  const placeholder = isPlaceholder(row) && !isOrderId(key.platformOrderId);
  const meant = placeholder ? await changedOrder(context, key) : key;
  if (meant === undefined || !isOrderId(meant.platformOrderId))
    return { order, result: 'failed', problem: 'it names no order that could be fetched' };
  const about = placeholder ? { orders: [orderPk(meant)] } : {};
  if (dryRun) return { order, result: 'queued', ...about };
  await context.queue.send({
    v: 1,
    kind: 'refresh',
    correlationId: `${correlationId}-${meant.platformOrderId}`,
    receivedAt: context.clock.now(),
    attempts: 0,
    storeId: meant.storeId,
    orderId: meant.platformOrderId,
    origin: 'replay',
    priority: 'bulk',
  });
  if (placeholder && row !== undefined) await deletePlaceholder(context, row);
  return { order, result: 'queued', ...about };
}

const isPlaceholder = (row: OrderRow | undefined): boolean => row !== undefined && row.order === undefined;

/** Fetches one order now and merges it. Waits for a slot as long as it takes: an operator's command has the time. */
async function fetchNow(context: StoreContext, key: OrderKey, options: ReplayOptions): Promise<Replayed> {
  const { platform, store, connection, clock } = context;
  const { correlationId } = options;
  const order = orderPk(key);
  const permission = await connection.check();
  if (!permission.allowed) {
    const { cause, remedy } = permission.state;
    return { order, result: 'failed', problem: `${platform.title} is paused: ${cause}. ${remedy}` };
  }
  let observedAt = clock.now();
  const wait = patient(platform.name, connection.bucket, { priority: 'bulk', clock });
  const admit = async (operation: string) => {
    await wait(operation);
    observedAt = clock.now();
  };
  const api = connection.api({ correlationId, admit });
  const { json, bytes } = await platform.resources.order
    .get(api, key.platformOrderId)
    .catch(async (error) => {
      await connection.failed(error, correlationId);
      throw error;
    });
  await connection.succeeded();
  const read = platform.resources.order.normalise(json, store);
  const reading = readingOf(read);
  if ('review' in reading) {
    const problem = `${reading.review.reason}: ${reading.review.problem}`;
    return { order, result: 'still-not-understood', problem };
  }
  const { platformOrderId, storeId } = reading.order;
  if (orderPk({ platform: platform.name, storeId, platformOrderId }) !== order)
    return { order, result: 'still-not-understood', problem: 'the platform answered with another order' };
  return mergeFound(context, { key, reading, bytes }, { ...options, observedAt, asked: true });
}
