import type { OrderRow } from '../domain/order-row.ts';
import { mapConcurrent } from '../pipeline/map-concurrent.ts';
import type { CatchUpProgress, StoreProgress } from '../storage/catch-up-progress.ts';
import type { Found } from '../storage/command-item.ts';
import type { CommandStore } from '../storage/commands.ts';
import type { FeedWriter } from '../storage/feed-writer.ts';
import type { StoreName } from '../storage/keys.ts';
import type { OrderIndex } from '../storage/order-index.ts';
import type { OrderStore } from '../storage/orders.ts';
import { eventOfCommand } from './command-event.ts';
import { caughtUp } from './event-of.ts';

export interface CatchUp {
  orders: Pick<OrderStore, 'get'>;
  commands: Pick<CommandStore, 'ofOrder'>;
  index: Pick<OrderIndex, 'changes'>;
  feed: Pick<FeedWriter, 'append'>;
  progress: CatchUpProgress;
  /** Told after every few orders. */
  report: (progress: StoreProgress) => void;
}

/** As many as a page of the feed takes. */
const ORDERS_AT_ONCE = 100;
const READS_AT_ONCE = 8;

/**
 * Publishes the newest state of every order of the stores and of every command for it, once each, because changes of them
 * may not be in the feed. An order that changes meanwhile may come twice. What a run before this one has published is not published again, unless it came to
 * its end.
 *
 * @returns how many orders were published, with those of the run that this one goes on with
 * @throws the error of a page that could not be written; the next run goes on before it.
 */
export async function catchUp(context: CatchUp, stores: readonly StoreName[]): Promise<number> {
  const known = await context.progress.read();
  let published = 0;
  for (const { platform, storeId } of stores) {
    const begun = known.find((one) => one.platform === platform && one.storeId === storeId);
    let at: StoreProgress = begun ?? { platform, storeId, published: 0, done: false };
    while (!at.done) {
      at = await publishSome(context, at);
      await context.progress.write(at);
      context.report(at);
    }
    published += at.published;
  }
  await context.progress.forget(stores);
  return published;
}

async function publishSome(
  { orders, commands, index, feed }: CatchUp,
  { after, published, ...store }: StoreProgress,
): Promise<StoreProgress> {
  const { platform, storeId } = store;
  const page = await index.changes({
    platform,
    storeId,
    limit: ORDERS_AT_ONCE,
    ...(after === undefined ? {} : { after }),
  });
  const rows: OrderRow[] = [];
  const given: Found[] = [];
  await mapConcurrent(READS_AT_ONCE, page.keys, async (key) => {
    const row = await orders.get(key);
    // Removed meanwhile.
    if (row === undefined) return;
    rows.push(row);
    for (const command of await commands.ofOrder(key)) given.push({ key, command });
  });
  const { failure } = await feed.append({
    events: (epoch) => [
      ...rows.map((row) => caughtUp(row, epoch)),
      ...given.flatMap(({ key, command }) => {
        const event = eventOfCommand(key, command, epoch);
        return event === undefined ? [] : [{ ...event, caughtUp: true as const }];
      }),
    ],
  });
  if (failure !== undefined) throw failure;
  return {
    platform,
    storeId,
    published: published + rows.length,
    done: page.next === undefined,
    ...(page.next === undefined ? {} : { after: page.next }),
  };
}
