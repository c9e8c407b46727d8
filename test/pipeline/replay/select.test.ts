import { describe, expect, it } from 'vitest';
import type { ReviewReason } from '../../../functions/domain/order.ts';
import { type OrderWriter, upsertOrder } from '../../../functions/pipeline/order-writer.ts';
import { type RowFilter, selectRows } from '../../../functions/pipeline/replay/select.ts';
import { createOrderStore, createRawStore } from '../../../functions/storage/orders.ts';
import { createOrderIndex } from '../../../functions/storage/row-index.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';
import { sampleOrder } from '../../support/sample-order.ts';

const tables = localTables();
const stores = [
  { platform: 'shop', storeId: '1' },
  { platform: 'chain', storeId: 'c' },
] as const;

function bench() {
  const clock = movedClock();
  const { client, table } = tables;
  const index = createOrderIndex(client, table);
  const writer: OrderWriter = {
    orders: createOrderStore(client, table),
    raws: createRawStore({ client, table, days: 90, now: clock.now }),
    metrics: countingMetrics(),
    log: keptLog(),
    clock,
    rules: { truth: 'pushed', finalStatuses: new Set() },
  };
  const seen = async (store: (typeof stores)[number], id: string, reason?: ReviewReason): Promise<number> => {
    clock.move(1000);
    await upsertOrder(writer, {
      key: { ...store, platformOrderId: id },
      reading:
        reason === undefined
          ? { order: sampleOrder({ ...store, platformOrderId: id }) }
          : { review: { reason, problem: 'x' } },
      observedAt: clock.now(),
      receivedAt: clock.now(),
      origin: 'webhook',
      correlationId: `c-${id}`,
      bytes: Buffer.from(id),
    });
    return clock.now();
  };
  const select = async (filter: RowFilter) =>
    (await selectRows({ ...writer, index }, stores, filter)).map(({ platformOrderId }) => platformOrderId);
  return { seen, select, index };
}

describe('rows are selected', () => {
  it('by platform, state, reason and time of their last change, and by all of them at once', async () => {
    // Arrange
    const { seen, select, index } = bench();
    const [shop, chain] = stores;
    await seen(shop, 'a');
    const early = await seen(shop, 'b', 'schema-mismatch');
    const middle = await seen(chain, 'c');
    await seen(chain, 'd', 'schema-mismatch');
    const late = await seen(chain, 'e', 'missing-id');

    // Act and assert
    expect(await select({})).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await select({ platform: 'chain' })).toEqual(['c', 'd', 'e']);
    expect(await select({ state: 'needs-review' })).toEqual(['b', 'd', 'e']);
    expect(await select({ state: 'ok' })).toEqual(['a', 'c']);
    expect(await select({ reason: 'schema-mismatch' })).toEqual(['b', 'd']);
    expect(await select({ from: early, to: middle })).toEqual(['b', 'c']);
    expect(await select({ platform: 'chain', reason: 'schema-mismatch', to: late - 1 })).toEqual(['d']);
    expect(await select({ from: late + 1 })).toEqual([]);

    const pages = await index.changes({ ...chain, limit: 2 });
    const rest = await index.changes({ ...chain, limit: 2, after: pages.next! });
    expect([...pages.keys, ...rest.keys].map((key) => key.platformOrderId)).toEqual(['c', 'd', 'e']);
  });

  it('without a row being read where platform and times are all that matters', async () => {
    const { index } = bench();
    const key = {
      platform: 'shop',
      storeId: '1',
      platformOrderId: 'a',
      changedAt: '2026-11-22T12:00:00.000Z',
    };
    const read: unknown[] = [];
    const named = { ...index, changes: async () => ({ keys: [key] }) };
    const orders = { get: async (one: unknown) => void read.push(one) as undefined };

    const found = await selectRows({ orders, index: named }, stores.slice(0, 1), {
      platform: 'shop',
      from: 0,
    });

    expect(found).toEqual([key]);
    expect(read).toEqual([]);
  });
});
