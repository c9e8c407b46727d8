import { describe, expect, it, onTestFinished } from 'vitest';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import { pedidosyaModule } from '../../../local/platforms/pedidosya/module.ts';
import type { PedidosYaSimulatorOptions } from '../../../local/platforms/pedidosya/options.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { localTables } from '../../support/local-tables.ts';
import { openSimulated } from '../../support/simulated-platform.ts';
import { settingsOf } from './harness.ts';

const tables = localTables();
const HALF_DAY_MS = days(0.5);

interface Wishes {
  simulator?: PedidosYaSimulatorOptions;
  reconcile?: object;
  /** Ids of the outlets; all four of the simulated chain when absent. */
  outlets?: readonly string[];
}

/** A simulated chain with its limit of calls, and its reconciliation. */
async function open(chainId: string, { simulator = {}, reconcile = {}, outlets }: Wishes = {}) {
  const stores = settingsOf().stores.filter(({ storeId }) => outlets?.includes(storeId) ?? true);
  const chain = await openSimulated(tables, pedidosya, {
    module: pedidosyaModule,
    settings: { chains: [{ chainId, country: 'uy', stores, egress: chainId, reconcile }] },
    simulator: { own: simulator },
  });
  onTestFinished(() => {
    expect(chain.calls.filter(({ status }) => status === 429 || status === 403)).toEqual([]);
  });
  /** Runs on as the schedule does, until nothing is left. */
  const runOut = async () => {
    for (let round = 1; round <= 30; round += 1) {
      const report = await chain.run();
      if (report.left.length === 0) return report;
      await chain.advance(minutes(10));
    }
    throw new Error('it does not come to an end');
  };
  return { ...chain, place: (storeId: string) => chain.world.place({ storeId }).order_id, runOut };
}

describe('the reconciliation of a PedidosYa chain', () => {
  it('records what no webhook told of, by whole orders, and says that it came this way', async () => {
    // Arrange
    const chain = await open('told');
    await chain.runOut();
    await chain.advance(minutes(5));
    const missed = chain.place('nbet');
    await chain.advance(minutes(30));

    // Act
    const report = await chain.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, missed: 1, failed: 0 });
    expect(await chain.row(missed)).toMatchObject({
      state: 'ok',
      origin: { first: { via: 'reconcile' }, last: { via: 'reconcile' } },
      order: { status: 'received' },
    });
  });

  it('brings an older row up to date, and then finds nothing any more', async () => {
    // Arrange
    const chain = await open('older');
    const id = chain.place('nbet');
    await chain.advance(minutes(10));
    await chain.runOut();
    chain.world.prepare(id);
    await chain.advance(minutes(30));

    // Act
    const report = await chain.run();
    const row = await chain.row(id);
    const again = await chain.run();

    // Assert
    expect(report.counts).toMatchObject({ missing: 0, stale: 1, repaired: 1, missed: 1 });
    expect(again.counts).toMatchObject({ stale: 0, repaired: 0 });
    expect(row).toMatchObject({ order: { status: 'ready' } });
    expect(await chain.row(id)).toEqual(row);
  });

  it.each(['created', 'updated'] as const)(
    'finds late changes when the list is filtered by %s',
    async (listWindow) => {
      // Arrange: what was created long ago was compared meanwhile.
      const chain = await open(`by-${listWindow}`, { simulator: { listWindow } });
      const id = chain.place('nbet');
      await chain.runOut();
      await chain.advance(HALF_DAY_MS);
      await chain.runOut();
      await chain.advance(minutes(8 * 60));
      chain.world.cancel(id);
      await chain.advance(minutes(30));

      // Act
      const report = await chain.runOut();

      // Assert
      expect(report.counts).toMatchObject({ stale: 1, repaired: 1, missed: 1 });
      expect(await chain.row(id)).toMatchObject({ order: { status: 'cancelled' } });
    },
  );

  it('does not call missed what is never announced to an outlet that picks in the platform’s app', async () => {
    // Arrange
    const chain = await open('pelican');
    await chain.runOut();
    await chain.advance(minutes(5));
    const id = chain.place('s8ym');
    await chain.advance(minutes(30));

    // Act
    const received = await chain.run();
    chain.world.prepare(id);
    await chain.advance(minutes(30));
    const ready = await chain.run();

    // Assert
    expect(received.counts).toMatchObject({ missing: 1, repaired: 1, missed: 0 });
    expect(ready.counts).toMatchObject({ stale: 1, repaired: 1, missed: 1 });
  });

  it('goes back 59 days on a new deployment, outlet by outlet, by windows of at most 7', async () => {
    // Arrange: an order every half day, for 70 days.
    const chain = await open('backfill', { reconcile: { firstDays: 59 } });
    await chain.advance(-days(70));
    const placed: { id: string; at: number }[] = [];
    for (let half = 0; half < 140; half += 1) {
      placed.push({ id: chain.world.place().order_id, at: chain.clock.now() });
      await chain.advance(HALF_DAY_MS);
    }
    const now = chain.clock.now();

    // Act
    const report = await chain.runOut();

    // Assert
    expect(report.outcome).toBe('done');
    const kept = placed.filter(({ at }) => at > now - days(58.9));
    for (const { id } of kept) expect(await chain.row(id), id).toMatchObject({ state: 'ok' });
    for (const { searchParams } of chain.requests.filter(({ pathname }) => pathname.endsWith('/orders'))) {
      const [from = 0, to = 0] = ['start_time', 'end_time'].map((name) =>
        Date.parse(`${searchParams.get(name)}Z`),
      );
      expect(to - from).toBeLessThanOrEqual(days(7));
      expect(from).toBeGreaterThanOrEqual(now - days(60));
    }
    const outlets = chain.requests.map(({ pathname }) => pathname.split('/').at(-2));
    expect(new Set(outlets)).toEqual(new Set(['nbet', 'store-002', 'ar5v', 'cl4p']));
  });

  it('goes on with the other outlets when one is unknown to the platform', async () => {
    // Arrange
    const chain = await open('unknown');
    chain.simulator.faults.add({ match: { path: /vendors\/ar5v\// }, kind: 'status', status: 404 });
    const id = chain.place('cl4p');
    await chain.advance(minutes(30));

    // Act
    for (let round = 0; round < 6; round += 1) {
      await chain.run();
      await chain.advance(minutes(10));
    }
    const report = await chain.run();

    // Assert
    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.problems.join()).toMatch(/ar5v/);
    expect(new Set(report.left.map(({ scan }) => scan.split('#')[1]))).toEqual(new Set(['ar5v']));
    expect(await chain.row(id)).toMatchObject({ state: 'ok' });
  });

  it('keeps in sight what it cannot understand, once, and records the others', async () => {
    // Arrange: beside a good order, one without an id, one of wrong types, and one of another chain.
    const chain = await open('bad', { outlets: ['nbet'] });
    const good = chain.world.place({ storeId: 'nbet' });
    const { order_id: _, ...nameless } = good;
    const odd = [
      nameless,
      { ...good, order_id: 'bad-items', items: 'all of them' },
      { ...good, order_id: 'foreign', client: { ...good.client, chain_id: 'someone-else' } },
    ];
    chain.answer((_url, json) => {
      const page = json as { orders: unknown[] };
      return page.orders.length === 0 ? page : { ...page, orders: [...odd, ...page.orders] };
    });
    await chain.advance(minutes(30));

    // Act
    const first = await chain.run();
    const reviews = chain.metrics.total('OrderNeedsReview');
    const second = await chain.run();

    // Assert
    expect(first.counts).toMatchObject({ failed: 3, missing: 1, repaired: 1 });
    expect(second.counts).toMatchObject({ seen: 4, failed: 0, missing: 0, repaired: 0 });
    expect(chain.metrics.total('OrderNeedsReview')).toBe(reviews);
    expect(await chain.row('bad-items')).toMatchObject({ review: { reason: 'schema-mismatch' } });
    expect(await chain.row('foreign')).toBeUndefined();
    for (const reason of ['foreign-store', 'missing-id', 'schema-mismatch'])
      expect(await chain.reviews(reason)).toHaveLength(1);
  });
});
