import type { NewEvent } from '../domain/event.ts';
import type { OrderRow } from '../domain/order-row.ts';
import { RESOURCES, type Resource } from '../domain/resource.ts';
import { mapConcurrent } from '../pipeline/map-concurrent.ts';
import type { CatchUpProgress, StoreProgress } from '../storage/catch-up-progress.ts';
import type { Found } from '../storage/command-item.ts';
import type { CommandStore } from '../storage/commands.ts';
import type { CustomerStore } from '../storage/customers.ts';
import type { FeedWriter } from '../storage/feed-writer.ts';
import type { StoreName } from '../storage/keys.ts';
import type { MirrorRows } from '../storage/mirror-rows.ts';
import type { OrderStore } from '../storage/orders.ts';
import type { ProductStore } from '../storage/products.ts';
import type {
  ChangesCursor,
  ChangesQuery,
  CustomerIndex,
  OrderIndex,
  ProductIndex,
  RowIndex,
} from '../storage/row-index.ts';
import type { SkuReader } from '../storage/stock-index.ts';
import type { StockItem } from '../storage/stock-item.ts';
import { eventOfCommand } from './command-event.ts';
import { caughtUp } from './event-of.ts';
import { caughtUpCustomer, caughtUpProduct } from './mirror-event.ts';
import { caughtUpSku } from './stock-event.ts';

export interface CatchUp {
  orders: Pick<OrderStore, 'get'>;
  products: Pick<ProductStore, 'get'>;
  productIndex: Pick<ProductIndex, 'changes'>;
  customers: Pick<CustomerStore, 'get'>;
  customerIndex: Pick<CustomerIndex, 'changes'>;
  commands: Pick<CommandStore, 'ofOrder'>;
  index: Pick<OrderIndex, 'changes'>;
  skus: SkuReader;
  feed: Pick<FeedWriter, 'append'>;
  progress: CatchUpProgress;
  /** Told after every few of them. */
  report: (progress: StoreProgress) => void;
}

/** As many as a page of the feed takes. */
const AT_ONCE = 100;
const READS_AT_ONCE = 8;

/**
 * Publishes the newest state of every order of the stores, of every command for it, of every product and customer, and what was told
 * last of every SKU, once each, because changes of them may not be in the feed. What changes meanwhile may come twice. What a run
 * before this one has published is not published again, unless it came to its end; of SKUs it is.
 *
 * Commands for products and customers of the merchant's system are left out: it sends each again and again, so there are
 * many of them for each, and no index names them by store. Their client lists them.
 *
 * @returns how many orders, products, customers and SKUs were published, with those of the run that this one goes on with
 * @throws the error of a page that could not be written; the next run goes on before it.
 */
export async function catchUp(context: CatchUp, stores: readonly StoreName[]): Promise<number> {
  const known = await context.progress.read();
  let published = 0;
  for (const { platform, storeId } of stores) {
    for (const resource of RESOURCES) {
      const begun = known.find(
        (one) =>
          one.platform === platform && one.storeId === storeId && (one.resource ?? 'order') === resource,
      );
      const fresh = { platform, storeId, ...(resource === 'order' ? {} : { resource }) };
      let at: StoreProgress = begun ?? { ...fresh, published: 0, done: false };
      while (!at.done) {
        at = await PUBLISH[resource](context, at);
        await context.progress.write(at);
        context.report(at);
      }
      published += at.published;
    }
  }
  published += await publishSkus(context);
  await context.progress.forget(stores);
  return published;
}

/** SKUs belong to no store, and few of them were ever told of: a run that goes on begins with the first one again. */
async function publishSkus(context: CatchUp): Promise<number> {
  let published = 0;
  for await (const page of context.skus.all()) {
    const told: StockItem[] = [];
    await mapConcurrent(READS_AT_ONCE, page, async (sku) => {
      const item = await context.skus.get(sku);
      if (item?.told !== undefined) told.push(item);
    });
    if (told.length === 0) continue;
    await append(context, (epoch) =>
      told.map((item) => caughtUpSku(item, epoch)).filter((event) => event !== undefined),
    );
    published += told.length;
  }
  return published;
}

const PUBLISH: Readonly<Record<Resource, (context: CatchUp, at: StoreProgress) => Promise<StoreProgress>>> = {
  order: publishOrders,
  product: (context, at) => {
    const { products: rows, productIndex: index } = context;
    return publishMirrored(context, { rows, index, eventOf: caughtUpProduct }, at);
  },
  customer: (context, at) => {
    const { customers: rows, customerIndex: index } = context;
    return publishMirrored(context, { rows, index, eventOf: caughtUpCustomer }, at);
  },
};

async function publishOrders(context: CatchUp, at: StoreProgress): Promise<StoreProgress> {
  const { orders, commands, index } = context;
  const page = await index.changes(queryAt(at));
  const rows: OrderRow[] = [];
  const given: Found[] = [];
  await mapConcurrent(READS_AT_ONCE, page.keys, async (key) => {
    const row = await orders.get(key);
    // Removed meanwhile.
    if (row === undefined) return;
    rows.push(row);
    for (const command of await commands.ofOrder(key)) given.push({ key, command });
  });
  await append(context, (epoch) => [
    ...rows.map((row) => caughtUp(row, epoch)),
    ...given.flatMap(({ key, command }) => {
      const event = eventOfCommand(key, command, epoch);
      return event === undefined ? [] : [{ ...event, caughtUp: true as const }];
    }),
  ]);
  return after(at, page.next, rows.length);
}

/** One kind of mirrored things. */
interface Mirrored<Key, Row> {
  rows: Pick<MirrorRows<Key, Row>, 'get'>;
  index: Pick<RowIndex<Key>, 'changes'>;
  eventOf(row: Row, epoch: number): NewEvent | undefined;
}

async function publishMirrored<Key, Row>(
  context: CatchUp,
  { rows, index, eventOf }: Mirrored<Key, Row>,
  at: StoreProgress,
): Promise<StoreProgress> {
  const page = await index.changes(queryAt(at));
  const found: Row[] = [];
  await mapConcurrent(READS_AT_ONCE, page.keys, async (key) => {
    const row = await rows.get(key);
    if (row !== undefined) found.push(row);
  });
  await append(context, (epoch) =>
    found.map((row) => eventOf(row, epoch)).filter((event) => event !== undefined),
  );
  return after(at, page.next, found.length);
}

const queryAt = ({ platform, storeId, after: place }: StoreProgress): ChangesQuery => ({
  platform,
  storeId,
  limit: AT_ONCE,
  ...(place === undefined ? {} : { after: place }),
});

async function append({ feed }: CatchUp, events: (epoch: number) => NewEvent[]): Promise<void> {
  const { failure } = await feed.append({ events });
  if (failure !== undefined) throw failure;
}

const after = (
  { after: _, published, ...store }: StoreProgress,
  next: ChangesCursor | undefined,
  count: number,
): StoreProgress => ({
  ...store,
  published: published + count,
  done: next === undefined,
  ...(next === undefined ? {} : { after: next }),
});
