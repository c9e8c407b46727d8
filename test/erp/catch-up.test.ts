import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { withBase } from '../../functions/domain/stock/sku.ts';
import { type CatchUp, catchUp } from '../../functions/erp/catch-up.ts';
import { createCatchUpProgress, type StoreProgress } from '../../functions/storage/catch-up-progress.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import {
  createCustomerIndex,
  createOrderIndex,
  createProductIndex,
} from '../../functions/storage/row-index.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { createSkuReader } from '../../functions/storage/stock-index.ts';
import { customerRowOf, productRowOf, rowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();

/** A store with so many orders, and what catches up with it. */
async function storeOf(storeId: string, orders: number) {
  const store = createOrderStore(tables.client, tables.table);
  for (let n = 0; n < orders; n += 1) {
    const row = rowOf(String(n), { storeId, version: 3, eventCount: 4 });
    await store.put({ ...row, changedAt: new Date(clock.now() + n * 1000).toISOString() }, 0);
  }
  const reader = createFeedReader({ ...tables, clock });
  const start = await reader.head();
  const reports: StoreProgress[] = [];
  const context: CatchUp = {
    orders: store,
    commands: createCommandStore({ ...tables, clock }),
    index: createOrderIndex(tables.client, tables.table),
    products: createProductStore(tables.client, tables.table),
    productIndex: createProductIndex(tables.client, tables.table),
    customers: createCustomerStore(tables.client, tables.table),
    customerIndex: createCustomerIndex(tables.client, tables.table),
    // SKUs belong to no store: those of the table would be in the feed of every test.
    skus: { async *all() {}, get: async () => undefined },
    feed: createFeedWriter({ ...tables, clock }),
    progress: createCatchUpProgress(tables),
    report: (progress) => reports.push(progress),
  };
  const stores = [{ platform: 'shop', storeId }];
  const published = async (): Promise<FeedEvent[]> => reader.read(start, 1000);
  return { context, stores, reports, published, store };
}

describe('catching up', () => {
  it('publishes each order once, with its newest version and no difference', async () => {
    const { context, stores, published, reports } = await storeOf('once', 130);

    const count = await catchUp(context, stores);

    const events = await published();
    expect(count).toBe(130);
    expect(new Set(events.map(({ key }) => key)).size).toBe(130);
    expect(events).toHaveLength(130);
    for (const event of events) {
      expect(event).toMatchObject({ type: 'order.updated', version: 3, caughtUp: true });
      expect(event.id).toMatch(/^shop:once:order:\d+:\d+:4$/);
      expect(event).not.toHaveProperty('changed');
    }
    expect(reports.map(({ resource = 'order', published, done }) => [resource, published, done])).toEqual([
      ['order', 100, false],
      ['order', 130, true],
      ['product', 0, true],
      ['customer', 0, true],
    ]);
  });

  it('publishes each product once, and whether the platform still has it', async () => {
    const { context, stores, published } = await storeOf('products', 1);
    const products = createProductStore(tables.client, tables.table);
    await products.put(productRowOf('there', { storeId: 'products', version: 3, eventCount: 4 }), 0);
    await products.put(productRowOf('gone', { storeId: 'products', removedAt: clock.now() }), 0);

    await catchUp(context, stores);

    const events = (await published()).filter(({ type }) => type.startsWith('product.'));
    expect(events.map(({ key, type, version }) => [key, type, version]).sort()).toEqual([
      ['shop:products:product:gone', 'product.removed', 1],
      ['shop:products:product:there', 'product.updated', 3],
    ]);
  });

  it('publishes each customer once, without its person', async () => {
    const { context, stores, published } = await storeOf('customers', 1);
    const customers = createCustomerStore(tables.client, tables.table);
    await customers.put(customerRowOf('there', { storeId: 'customers', version: 3, eventCount: 4 }), 0);
    const erased = { at: 1, because: 'operator', request: 'c-1' } as const;
    await customers.put(customerRowOf('erased', { storeId: 'customers', erased }), 0);

    await catchUp(context, stores);

    const events = (await published()).filter(({ type }) => type.startsWith('customer.'));
    expect(events.map(({ key, type, version }) => [key, type, version]).sort()).toEqual([
      ['shop:customers:customer:erased', 'customer.redacted', 1],
      ['shop:customers:customer:there', 'customer.updated', 3],
    ]);
    expect(JSON.stringify(events)).not.toContain('Invented');
  });

  it('publishes what was told last of each SKU, and nothing of one that nobody was told of', async () => {
    const { context, stores, published } = await storeOf('skus', 1);
    const channel = {
      platform: 'shop',
      storeId: 'skus',
      sells: ['main'],
      buffer: 0,
      shows: 'number',
    } as const;
    const rules = {
      baseMeans: 'available',
      settle: { quietSeconds: 10, atMostSeconds: 60 },
      channels: [channel],
    } as const;
    const stock = createStockStore({ ...tables, rules, clock });
    await stock.update(
      'OVERSOLD',
      (sku) => withBase(sku, 'main', { quantity: -1000, asOf: clock.now() }, rules, clock.now()).sku,
    );
    await stock.update(
      'FINE',
      (sku) => withBase(sku, 'main', { quantity: 1000, asOf: clock.now() }, rules, clock.now()).sku,
    );

    const count = await catchUp({ ...context, skus: createSkuReader(tables.client, tables.table) }, stores);

    const events = (await published()).filter(({ type }) => type.startsWith('stock.'));
    expect(count).toBe(2);
    expect(events).toEqual([
      expect.objectContaining({ type: 'stock.oversold', key: 'stock:OVERSOLD', caughtUp: true }),
    ]);
    expect(events[0]?.id).toMatch(/^stock:OVERSOLD:\d+:1$/);
  });

  it('goes on where it stopped, and begins anew after it has ended', async () => {
    const { context, stores, published } = await storeOf('resumed', 230);
    let appends = 0;
    const dying: CatchUp = {
      ...context,
      feed: {
        append: async (batch) => {
          appends += 1;
          return appends === 2
            ? { written: 0, failure: new Error('the table does not answer') }
            : context.feed.append(batch);
        },
      },
    };

    await expect(catchUp(dying, stores)).rejects.toThrow('the table does not answer');
    const resumed = await catchUp(context, stores);

    expect(resumed).toBe(230);
    expect(await published()).toHaveLength(230);
    await catchUp(context, stores);
    expect(await published()).toHaveLength(460);
  });

  it('passes over what was removed meanwhile', async () => {
    const { context, stores, published, store } = await storeOf('removed', 2);
    const row = (await store.get(rowOf('0', { storeId: 'removed' })))!;
    const late: CatchUp = {
      ...context,
      index: {
        changes: async (query) => {
          const page = await context.index.changes(query);
          await store.remove(row);
          return page;
        },
      },
    };

    await catchUp(late, stores);

    expect((await published()).map(({ key }) => key)).toEqual(['shop:removed:1']);
  });
});
