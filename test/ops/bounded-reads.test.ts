import { beforeAll, describe, expect, it } from 'vitest';
import { createAliases } from '../../functions/storage/aliases.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createReports } from '../../functions/storage/reconcile-memory.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { newestOrders } from '../../ops/data/orders.ts';
import { reconciliations } from '../../ops/data/reconciliations.ts';
import { reviewRows } from '../../ops/data/review.ts';
import { searchOrders } from '../../ops/find-order.ts';
import { rowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const STORE = { platform: 'shop', storeId: 's' };
const ORDERS = 60;
const made = { reads: 0, calls: 0 };

/** What the screens read with, counting the rows that they read. */
function context() {
  const orders = createOrderStore(tables.client, tables.table);
  Object.assign(made, { reads: 0, calls: 0 });
  return {
    stores: [STORE],
    names: [STORE.platform],
    index: createOrderIndex(tables.client, tables.table),
    aliases: createAliases(tables.client, tables.table),
    orders: {
      ...orders,
      get: (key: Parameters<typeof orders.get>[0]) => {
        made.reads += 1;
        made.calls += 1;
        return orders.get(key);
      },
    },
    ordersOf: (keys: Parameters<typeof getOrders>[2]) => {
      made.reads += keys.length;
      made.calls += 1;
      return getOrders(tables.client, tables.table, keys, orders.get);
    },
    control: { ...tables, clock },
  };
}

beforeAll(async () => {
  const orders = createOrderStore(tables.client, tables.table);
  for (let n = 0; n < ORDERS; n += 1) {
    const changedAt = new Date(clock.now() - (n + 1) * 60_000).toISOString();
    const review = { reason: 'not-json', problem: 'p', at: clock.now() } as const;
    await orders.put(
      rowOf(`id-${n}`, { changedAt, ...(n < 30 ? { state: 'needs-review', review } : {}) }),
      0,
    );
  }
  const reports = createReports({ ...tables, ...STORE });
  for (const day of ['20', '21', '22']) {
    const at = `2026-11-${day}T00:00:00.000Z`;
    await reports.keep({ runId: day, startedAt: at, endedAt: at, outcome: 'done' } as Parameters<
      typeof reports.keep
    >[0]);
  }
});

describe('the orders that changed last', () => {
  it('are read as many as are wanted, the newest first', async () => {
    const { orders, complete } = await newestOrders(context(), { limit: 10 });

    expect(orders.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, n) => `shop:s:id-${n}`));
    expect(complete).toBe(true);
    expect(made).toEqual({ reads: 10, calls: 1 });
  });

  it('and hardly any is meant by a filter: reading ends, and it is said that there may be others', async () => {
    const { orders, complete } = await newestOrders(context(), {
      limit: 10,
      status: 'cancelled',
      mostRows: 20,
    });

    expect(orders).toEqual([]);
    expect(complete).toBe(false);
    expect(made.reads).toBe(20);
  });
});

describe('a search for what nobody noted', () => {
  it('reads so many rows at the most, and says how far it came', async () => {
    const { matches, searched } = await searchOrders(context(), 'nobody-has-it', { days: 7, mostRows: 25 });

    expect(matches).toEqual([]);
    expect(searched).toMatchObject({ rows: 25, complete: false });
    // One more was looked for as an id.
    expect(made.reads).toBe(26);
  });

  it('says that nothing is left where it came to the end', async () => {
    const { searched } = await searchOrders(context(), 'nobody-has-it', { days: 1, mostRows: 1_000 });

    expect(searched).toMatchObject({ rows: ORDERS, complete: true });
  });
});

describe('what needs review', () => {
  it('is counted whole, and read in part', async () => {
    const { rows, count } = await reviewRows(context(), { mostRows: 10 });

    expect([rows.length, count, made.reads]).toEqual([10, 30, 10]);
    expect(made.calls).toBe(1);
  });

  it('is read whole by the command line', async () => {
    expect((await reviewRows(context())).rows).toHaveLength(30);
  });
});

describe('reconciliations', () => {
  it('are the newest of each store, the newest first', async () => {
    const runs = await reconciliations(context(), { perStore: 2 });

    expect(runs.map(({ endedAt }) => endedAt.slice(8, 10))).toEqual(['22', '21']);
  });
});
