import { describe, expect, it, onTestFinished } from 'vitest';
import { pedidosyaSource } from '../../../functions/pipeline/old/reconcile-pedidosya.ts';
import { days, minutes } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import type { OrderPage } from '../../../functions/platforms/pedidosya/client/orders.ts';
import { createRawStore } from '../../../functions/storage/raw-bytes.ts';
import type { PedidosYaSimulatorOptions } from '../../../local/platforms/pedidosya/options.ts';
import { CHAIN, settingsOf, startPedidosya } from '../../platforms/pedidosya/harness.ts';
import { localTables } from '../../support/local-tables.ts';
import { createBench } from './bench.ts';

const tables = localTables();

/** A chain with four outlets on a clock of its own; with its table to itself but for the other tests' orders. */
async function openChain(
  scope: string,
  {
    simulator = {},
    reconcile,
  }: { simulator?: PedidosYaSimulatorOptions; reconcile?: { firstDays: number } } = {},
) {
  let current: { admit: () => Promise<void> } | undefined;
  // The platform's own limit, so that one call too many is seen.
  const shop = await startPedidosya({
    simulator: { seed: scope, callsPerMinute: 60, ...simulator },
    client: { admit: async () => current?.admit(), onFeedback: (feedback) => bench.bucket.observe(feedback) },
  });
  const usual = settingsOf();
  const settings = reconcile ? { ...usual, reconcile: { ...usual.reconcile, ...reconcile } } : usual;
  const { clock } = shop;
  const bench = createBench(tables, { scope, platform: 'pedidosya', clock, rate: settings.rate });
  const source = pedidosyaSource({
    ...bench,
    settings,
    raws: createRawStore({ ...tables, days: 90, now: clock.now }),
    listPage: (request, calls) => {
      current = calls;
      return shop.api.orders.page(request);
    },
  });
  const rowOf = (platformOrderId: string) =>
    bench.orders.get({ platform: 'pedidosya', storeId: CHAIN, platformOrderId });
  const run = (event: object = { scheduled: true }) => bench.run(source, { event });
  /** Runs on as the schedule does, until nothing is left. */
  const runOut = async () => {
    for (let round = 1; round <= 30; round += 1) {
      const report = await run();
      if (report.left.length === 0) return { ...report, rounds: round };
      await shop.sim.advance(minutes(10));
    }
    throw new Error('it does not come to an end');
  };
  onTestFinished(async () => {
    expect(shop.platform.calls.filter(({ status }) => status === 429 || status === 403)).toEqual([]);
  });
  return { ...shop, bench, settings, source, run, runOut, rowOf };
}

describe('the reconciliation of a PedidosYa chain', () => {
  it('records what no webhook told of, by whole orders, and says that it came this way', async () => {
    // Prepare
    const chain = await openChain('told');
    await chain.runOut();
    await chain.sim.advance(minutes(5));
    const lost = chain.world.place({ storeId: 'nbet' }).order_id;
    await chain.sim.advance(minutes(30));

    // Act
    const report = await chain.run();

    // Assess
    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, lost: 1, failed: 0 });
    expect(await chain.rowOf(lost)).toMatchObject({
      state: 'ok',
      origin: { first: { via: 'reconcile' }, last: { via: 'reconcile' } },
      order: { status: 'received' },
    });
  });

  it('brings an older row up to date, and then finds nothing any more', async () => {
    const chain = await openChain('older');
    const id = chain.world.place({ storeId: 'nbet' }).order_id;
    await chain.sim.advance(minutes(10));
    await chain.runOut();
    chain.world.prepare(id);
    await chain.sim.advance(minutes(30));

    const report = await chain.run();
    const revision = (await chain.rowOf(id))?.revision;
    const again = await chain.run();

    expect(report.counts).toMatchObject({ missing: 0, stale: 1, repaired: 1, lost: 1 });
    expect(again.counts).toMatchObject({ stale: 0, repaired: 0 });
    expect(await chain.rowOf(id)).toMatchObject({ order: { status: 'ready' }, revision });
  });

  it.each(['created', 'updated'] as const)(
    'finds late changes when the list is filtered by %s',
    async (listWindow) => {
      const chain = await openChain(`by-${listWindow}`, { simulator: { listWindow } });
      const id = chain.world.place({ storeId: 'nbet' }).order_id;
      await chain.runOut();
      await chain.sim.advance(minutes(20 * 60));
      chain.world.cancel(id);
      await chain.sim.advance(minutes(30));

      await chain.runOut();

      expect(await chain.rowOf(id)).toMatchObject({ order: { status: 'cancelled' } });
    },
  );

  it('does not call lost what is never announced to an outlet that picks in the platform’s app', async () => {
    const chain = await openChain('pelican');
    await chain.runOut();
    await chain.sim.advance(minutes(5));
    const id = chain.world.place({ storeId: 's8ym' }).order_id;
    await chain.sim.advance(minutes(30));
    const received = await chain.run();
    chain.world.prepare(id);
    await chain.sim.advance(minutes(30));
    const ready = await chain.run();

    expect(received.counts).toMatchObject({ missing: 1, repaired: 1, lost: 0 });
    expect(ready.counts).toMatchObject({ stale: 1, repaired: 1, lost: 1 });
  });

  it('goes back 59 days on a new deployment, by windows of at most 7, and never over the limit', async () => {
    // Prepare: an order every half day, for 70 days.
    const chain = await openChain('backfill', { reconcile: { firstDays: 59 } });
    await chain.sim.advance(-days(70));
    const placed: { id: string; at: number }[] = [];
    for (let half = 0; half < 140; half += 1) {
      placed.push({ id: chain.world.place().order_id, at: chain.clock.now() });
      await chain.sim.advance(days(0.5));
    }
    const now = chain.clock.now();

    // Act
    const report = await chain.runOut();

    // Assess
    expect(report.outcome).toBe('done');
    const kept = placed.filter(({ at }) => at > now - days(58.9));
    for (const { id } of kept) expect(await chain.rowOf(id), id).toMatchObject({ state: 'ok' });
    const windows = chain.requests.map(({ url }) => new URL(url).searchParams);
    for (const query of windows) {
      const [from = 0, to = 0] = ['start_time', 'end_time'].map((name) => Date.parse(`${query.get(name)}Z`));
      expect(to - from).toBeLessThanOrEqual(days(7));
      expect(from).toBeGreaterThanOrEqual(now - days(60));
    }
    expect(new Set(chain.requests.map(({ url }) => new URL(url).pathname.split('/').at(-2)))).toEqual(
      new Set(['nbet', 'store-002', 'ar5v', 'cl4p']),
    );
  });

  it('goes on with the other outlets when one is unknown to the platform', async () => {
    const chain = await openChain('unknown');
    chain.platform.faults.add({ match: { path: /vendors\/ar5v\// }, kind: 'status', status: 404 });
    const id = chain.world.place({ storeId: 'cl4p' }).order_id;
    await chain.sim.advance(minutes(30));

    for (let round = 0; round < 6; round += 1) {
      await chain.run();
      await chain.sim.advance(minutes(10));
    }
    const report = await chain.run();

    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.problems.join()).toMatch(/ar5v/);
    expect(new Set(report.left.map(({ scan }) => scan.split('#')[1]))).toEqual(new Set(['ar5v']));
    expect(await chain.rowOf(id)).toMatchObject({ state: 'ok' });
  });

  it('keeps in sight what it cannot understand, once, and records the others', async () => {
    // Prepare: a page with an order without an id, one of wrong types, one of another chain, and a good one.
    const chain = await openChain('bad');
    const good = chain.world.place({ storeId: 'nbet' });
    await chain.sim.advance(minutes(30));
    const entry = (change: object) => ({ ...good, ...change });
    const entries = [
      entry({ order_id: undefined }),
      entry({ order_id: 'bad-items', items: 'all of them' }),
      entry({ order_id: 'foreign', client: { ...good.client, chain_id: 'someone-else' } }),
      good,
    ];
    const page: OrderPage = {
      page: 1,
      last: true,
      orders: entries.map((json) => ({
        ...(json.order_id === undefined ? {} : { orderId: json.order_id }),
        status: json.status,
        updatedAt: json.sys.updated_at,
        raw: JSON.stringify(json),
        json: JSON.parse(JSON.stringify(json)),
      })),
    };
    const source = pedidosyaSource({
      ...chain.bench,
      settings: { ...chain.settings, stores: [{ storeId: 'nbet', pickingMode: 'partner' }] },
      raws: createRawStore({ ...tables, days: 90, now: chain.clock.now }),
      listPage: async () => page,
    });

    // Act
    const first = await chain.bench.run(source);
    const review = chain.bench.metrics.total('OrderNeedsReview');
    const second = await chain.bench.run(source);

    // Assess
    expect(first.counts).toMatchObject({ failed: 3, missing: 1, repaired: 1 });
    expect(second.counts).toMatchObject({ failed: 0, missing: 0, repaired: 0 });
    expect(chain.bench.metrics.total('OrderNeedsReview')).toBe(review);
    expect(await chain.rowOf('bad-items')).toMatchObject({ review: { reason: 'schema-mismatch' } });
    expect(await chain.rowOf('foreign')).toBeUndefined();
    const rows = (await chain.bench.items()).filter(({ review: reason }) => reason !== undefined);
    expect(rows.map((row) => (row.review as { reason: string }).reason).toSorted()).toEqual([
      'foreign-store',
      'missing-id',
      'schema-mismatch',
    ]);
  });

  it('never takes a row back that a webhook brought meanwhile', async () => {
    // Prepare: the list is older than what the row says by the time it is compared.
    const chain = await openChain('meanwhile');
    const { order_id: id } = chain.world.place({ storeId: 'nbet' });
    await chain.sim.advance(minutes(20));
    await chain.runOut();
    const old = chain.world.order(id);
    chain.world.prepare(id);
    await chain.sim.advance(minutes(20));
    await chain.run();
    const row = await chain.rowOf(id);
    const source = pedidosyaSource({
      ...chain.bench,
      settings: chain.settings,
      raws: createRawStore({ ...tables, days: 90, now: chain.clock.now }),
      listPage: async () => ({
        page: 1,
        last: true,
        orders: [
          {
            orderId: id,
            status: old.status,
            updatedAt: old.sys.updated_at,
            raw: JSON.stringify(old),
            json: old,
          },
        ],
      }),
    });

    // Act
    await chain.bench.run(source);

    // Assess
    expect(await chain.rowOf(id)).toEqual(row);
  });

  it('says what it would record in a dry run, and writes nothing', async () => {
    const chain = await openChain('dry');
    const id = chain.world.place({ storeId: 'nbet' }).order_id;
    await chain.sim.advance(minutes(30));
    const before = await chain.bench.written();

    const report = await chain.run({ from: '2026-11-22T00:00:00Z', dryRun: true });

    expect(report.examples).toContainEqual({ order: id, finding: 'missing' });
    expect(report.counts).toMatchObject({ repaired: 0 });
    expect(await chain.bench.written()).toEqual(before);
  });
});
