import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import { patient } from '../../platforms/admission.ts';
import { cohortsOf, MOST_TOGETHER, type Travelling } from '../../runtime/cohorts.ts';
import { orderPk } from '../../storage/keys.ts';
import { readingOf } from '../order-writer.ts';
import type { StoreContext } from '../store-context.ts';
import {
  changedOrder,
  deletePlaceholder,
  failed,
  mergeFound,
  type Replayed,
  type ReplayOptions,
} from './replay.ts';

/**
 * Has orders of one store fetched from their platform, by the priority that takes only what live traffic leaves of the shared
 * limit. Where a consumer fetches orders anyway, the requests go through its queue, as few messages as it fits; of the other
 * platforms no consumer makes calls, so theirs are fetched here and now. A placeholder leads to the order that its bytes tell
 * of. Answers in the order of the keys; one that fails stops none of the others.
 */
export async function fetchAgain(
  context: StoreContext,
  keys: readonly OrderKey[],
  options: ReplayOptions,
): Promise<Replayed[]> {
  if (context.platform.resources.order.truth === 'fetched') return queueFetches(context, keys, options);
  const results: Replayed[] = [];
  for (const key of keys)
    results.push(await fetchNow(context, key, options).catch((error: unknown) => failed(key, error)));
  return results;
}

async function queueFetches(
  context: StoreContext,
  keys: readonly OrderKey[],
  options: ReplayOptions,
): Promise<Replayed[]> {
  const results: Replayed[] = [];
  for (let from = 0; from < keys.length; from += MOST_TOGETHER)
    results.push(...(await queueTogether(context, keys.slice(from, from + MOST_TOGETHER), options)));
  return results;
}

/** A fetch that is to be queued: its message, and what is told of it once the queue has it. */
interface Asked extends Travelling {
  key: OrderKey;
  queued: Replayed;
  /** The row that only stood in for the order: gone once the fetch is queued. */
  placeholder?: OrderRow;
}

async function queueTogether(
  context: StoreContext,
  keys: readonly OrderKey[],
  options: ReplayOptions,
): Promise<Replayed[]> {
  const told = new Map<OrderKey, Replayed>();
  const asked: Asked[] = [];
  for (const key of keys) {
    const found = await ask(context, key, options).catch((error: unknown) => failed(key, error));
    if ('message' in found && !options.dryRun) asked.push(found);
    else told.set(key, 'message' in found ? found.queued : found);
  }
  for (const { message, members } of cohortsOf(asked)) {
    const sent = context.queue.send(message);
    for (const { key, queued, placeholder } of members)
      told.set(
        key,
        await sent
          .then(async () => {
            if (placeholder !== undefined) await deletePlaceholder(context, placeholder);
            return queued;
          })
          .catch((error: unknown) => failed(key, error)),
      );
  }
  return keys.flatMap((key) => told.get(key) ?? []);
}

/** What to send to have one order fetched; the answer itself where none can be. */
async function ask(
  context: StoreContext,
  key: OrderKey,
  { correlationId }: ReplayOptions,
): Promise<Asked | Replayed> {
  const { isOrderId } = context.platform.resources.order;
  const order = orderPk(key);
  const row = await context.orders.get(key);
  const standsIn = isPlaceholder(row) && !isOrderId(key.platformOrderId);
  const meant = standsIn ? await changedOrder(context, key) : key;
  if (meant === undefined || !isOrderId(meant.platformOrderId))
    return { order, result: 'failed', problem: 'it names no order that could be fetched' };
  return {
    key,
    queued: { order, result: 'queued', ...(standsIn ? { orders: [orderPk(meant)] } : {}) },
    ...(standsIn && row !== undefined ? { placeholder: row } : {}),
    delaySeconds: 0,
    message: {
      v: 1,
      kind: 'refresh',
      correlationId: `${correlationId}-${meant.platformOrderId}`,
      receivedAt: context.clock.now(),
      attempts: 0,
      storeId: meant.storeId,
      orderId: meant.platformOrderId,
      origin: 'replay',
      priority: 'bulk',
    },
  };
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
