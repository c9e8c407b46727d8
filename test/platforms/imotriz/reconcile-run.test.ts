import { describe, expect, it } from 'vitest';
import type { ImotrizClient } from '../../../functions/platforms/imotriz/client.ts';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';
import { imotrizModule } from '../../../local/platforms/imotriz/module.ts';
import { minutes } from '../../support/bazaar/reconcile.ts';
import { localTables } from '../../support/local-tables.ts';
import { openSimulated } from '../../support/simulated-platform.ts';
import { order, orderIds } from './harness.ts';

const tables = localTables();
const ASKED = { from: '2026-11-20T00:00:00Z' };

/** A simulated store with its unpublished paths configured, and its reconciliation. */
async function open(storeId: string, settings: { idKeys?: string[]; paths?: object } = {}) {
  const shop = await openSimulated(tables, imotriz, {
    module: imotrizModule,
    settings: { stores: [{ country: 'co', storeId, paths: { orderIds, order }, ...settings }] },
  });
  return {
    ...shop,
    /** Reads a page, as a poll does. */
    readPage: () => {
      const api = shop.reconciler.connection.api({ correlationId: 'poll', admit: async () => {} });
      return (api as ImotrizClient).newOrders();
    },
    fetched: () => shop.calls.filter(({ route }) => route === order).length,
  };
}

describe('the reconciliation of an iMotriz store', () => {
  it('fetches an order whose page was read and never arrived, once two polls had the time to bring it', async () => {
    // Arrange
    const store = await open('lost');
    await store.run();
    await store.advance(minutes(60));
    const id = store.world.place();
    await store.readPage();

    // Act
    const early = await store.run();
    await store.advance(minutes(60));
    const late = await store.run();
    const again = await store.run();

    // Assert
    expect(early.counts).toMatchObject({ seen: 1, missing: 0, repaired: 0 });
    expect(late.counts).toMatchObject({ missing: 1, repaired: 1, missed: 1 });
    expect(again.counts).toMatchObject({ seen: 1, missing: 0 });
    expect(await store.row(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(store.fetched()).toBe(1);
  });

  it('keeps an order whose own id is another than the listed one, and says which setting is wrong', async () => {
    // Arrange
    const store = await open('other-key', { idKeys: ['total'] });
    store.world.place({ moneyStyle: 'number' });

    // Act
    const report = await store.run({ event: ASKED });
    await store.advance(minutes(60));
    await store.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 1, failed: 1, repaired: 0 });
    expect(store.log.lines.some(({ message }) => message.includes('check idKeys'))).toBe(true);
    expect(store.fetched()).toBe(1);
  });

  it('opens the circuit when the start date is not set, and says where to set it', async () => {
    const store = await open('no-date');
    store.world.setSyncFrom(null);

    const report = await store.run();

    expect(report.outcome).toBe('paused');
    expect(await store.circuit.check()).toMatchObject({
      allowed: false,
      state: { remedy: expect.stringContaining('Sincronizar pedidos desde') as string },
    });
  });

  it('is off, loudly, while its paths are not configured, and calls nobody', async () => {
    const store = await open('no-paths', { paths: { order } });

    const report = await store.run();

    expect(report.outcome).toBe('off');
    expect(report.problems[0]).toContain('imotriz.stores[].paths.orderIds not configured');
    expect(store.metrics.total('ReconcileOff')).toBe(1);
    expect(store.calls).toEqual([]);
  });
});
