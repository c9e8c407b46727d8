import { describe, expect, it, vi } from 'vitest';
import { createReconcilers } from '../../../functions/pipeline/reconcile/reconcile.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import type { Message } from '../../../functions/runtime/queue.ts';
import { pack } from '../../../functions/runtime/queue.ts';
import { pedidosyaModule } from '../../../local/platforms/pedidosya/module.ts';
import { minutes } from '../../support/bazaar/reconcile.ts';
import { deliver, runOf } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';
import { openSimulated } from '../../support/simulated-platform.ts';
import { settingsOf } from './harness.ts';

const tables = localTables();

/** A simulated chain whose webhooks a test writes itself. */
async function open(chainId: string) {
  const { stores } = settingsOf();
  const chain = await openSimulated(tables, pedidosya, {
    module: pedidosyaModule,
    settings: { chains: [{ chainId, country: 'uy', stores, egress: chainId }] },
  });
  const processor = chain.processor();
  let sent = 0;
  const send = async (body: unknown): Promise<void> => {
    sent += 1;
    const [payload] = pack(Buffer.from(JSON.stringify(body)));
    const message: Message = {
      v: 1,
      kind: 'received',
      via: 'webhook',
      topic: 'webhook',
      storeId: chainId,
      correlationId: `${chainId}-${sent}`,
      receivedAt: chain.clock.now(),
      attempts: 0,
      payload: payload!,
    };
    expect(await deliver(processor, message)).toEqual([]);
    await chain.advance(1000);
  };
  return { ...chain, send };
}

describe('an order whose first news is a bare status', () => {
  it('has neither lines nor totals until somebody tells them, and keeps its status when an older event does', async () => {
    // Arrange
    const chain = await open('sparse-first');
    const full = chain.world.place({ storeId: 'nbet' });
    const { order_id } = full;
    await chain.advance(minutes(1));
    const ready = chain.world.prepare(order_id);

    // Act
    await chain.send({ order_id, status: 'READY_FOR_PICKUP', sys: { updated_at: ready.sys.updated_at } });
    const first = await chain.row(order_id);
    await chain.send(full);
    const filled = await chain.row(order_id);

    // Assert
    expect(first?.order).toMatchObject({ status: 'ready', totals: {} });
    expect(first?.order).not.toHaveProperty('lines');
    expect(filled?.order).toMatchObject({ status: 'ready', lines: full.items.map(({ sku }) => ({ sku })) });
    expect(filled?.order?.totals.total).toBe(Math.round(full.payment.order_total * 100));
  });

  it('counts as stale for the reconciliation, which brings the rest, and then is current', async () => {
    // Arrange
    const chain = await open('sparse-stale');
    const { order_id, items } = chain.world.place({ storeId: 'nbet' });
    await chain.advance(minutes(1));
    const { sys, status } = chain.world.prepare(order_id);
    await chain.send({ order_id, status, sys: { updated_at: sys.updated_at } });
    await chain.advance(minutes(30));

    // Act
    const report = await chain.run();
    const again = await chain.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 0, stale: 1, repaired: 1 });
    expect(again.counts).toMatchObject({ stale: 0, repaired: 0 });
    expect((await chain.row(order_id))?.order?.lines).toHaveLength(items.length);
  });

  it.each([
    ['no list', undefined],
    ['an empty list', []],
  ])('counts as stale also where only its lines are told by %s', async (_, items) => {
    // Arrange
    const chain = await open(`sparse-lines-${items === undefined ? 'none' : 'empty'}`);
    const full = chain.world.place({ storeId: 'nbet', bareFirst: false });
    await chain.send({ ...full, items });
    const before = await chain.row(full.order_id);
    await chain.advance(minutes(30));

    // Act
    const report = await chain.run();

    // Assert
    expect(before?.order?.totals.total).toBeDefined();
    expect(before?.order?.lines ?? []).toEqual([]);
    expect(report.counts).toMatchObject({ missing: 0, stale: 1, repaired: 1 });
    expect((await chain.row(full.order_id))?.order?.lines).toHaveLength(full.items.length);
  });

  it('is left alone while the platform’s own list tells no more of it', async () => {
    // Arrange
    const chain = await open('sparse-list');
    const { order_id } = chain.world.place({ storeId: 'nbet' });
    await chain.advance(minutes(1));
    const { sys, status } = chain.world.prepare(order_id);
    await chain.send({ order_id, status, sys: { updated_at: sys.updated_at } });
    await chain.advance(minutes(30));
    const before = await chain.row(order_id);
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
      const answer = await fetch(...args);
      const json = (await answer.json()) as { orders?: { payment?: object; items?: object }[] };
      for (const order of json.orders ?? []) {
        delete order.payment;
        delete order.items;
      }
      return new Response(JSON.stringify(json), answer);
    });

    const [reconciler] = createReconcilers(chain.deployed, chain.runtime);

    // Act
    const report = await runOf(reconciler!);

    // Assert
    expect(report).toMatchObject({ outcome: 'done', counts: { missing: 0, stale: 0, failed: 0 } });
    expect(report.counts.seen).toBeGreaterThan(0);
    expect(await chain.row(order_id)).toEqual(before);
  });

  it('ends like the platform’s own record, in whatever order its news come', async () => {
    // Arrange
    const chain = await open('sparse-any');
    const { order_id } = chain.world.place({ storeId: 'nbet' });
    await chain.advance(minutes(1));
    const ready = chain.world.prepare(order_id);
    const sparse = { order_id, status: ready.status, sys: { updated_at: ready.sys.updated_at } };
    const expected = normalisePedidosyaOrder(ready, settingsOf({ chainId: 'sparse-any' }));
    const { personal, ...order } = expected.ok ? expected.order : { personal: undefined };

    for (const news of [
      [ready, sparse],
      [sparse, ready],
      [sparse, ready, sparse],
    ]) {
      // Act
      for (const one of news)
        await chain.send({ ...one, order_id: `${order_id}-${news.length}${news.indexOf(ready)}` });
      const row = await chain.row(`${order_id}-${news.length}${news.indexOf(ready)}`);

      // Assert
      expect(row?.order).toEqual({ ...order, platformOrderId: row?.platformOrderId });
      expect(row?.personal).toEqual(personal);
    }
  });

  it('keeps lines and totals when a bare cancellation follows', async () => {
    const chain = await open('sparse-cancelled');
    const full = chain.world.place({ storeId: 'nbet' });
    await chain.send(full);
    await chain.advance(minutes(1));
    const { sys } = chain.world.cancel(full.order_id);

    await chain.send({ order_id: full.order_id, status: 'CANCELLED', sys: { updated_at: sys.updated_at } });

    expect((await chain.row(full.order_id))?.order).toMatchObject({
      status: 'cancelled',
      countsAsSale: false,
      lines: full.items.map(({ sku }) => ({ sku })),
      totals: { total: Math.round(full.payment.order_total * 100) },
    });
  });
});
