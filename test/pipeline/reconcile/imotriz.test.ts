import { describe, expect, it } from 'vitest';
import { imotrizOff, imotrizSource } from '../../../functions/pipeline/old/reconcile-imotriz.ts';
import { days, minutes } from '../../../functions/pipeline/reconcile/scan-plan.ts';
import { imotrizSettings } from '../../../functions/platforms/settings.ts';
import { createRawStore } from '../../../functions/storage/raw-bytes.ts';
import { createMissingIds, remember } from '../../../functions/storage/reconcile-memory.ts';
import type { ImotrizSimulatorOptions } from '../../../local/platforms/imotriz/options.ts';
import { order, orderIds, startImotriz } from '../../platforms/imotriz/harness.ts';
import { localTables } from '../../support/local-tables.ts';
import { createBench } from './bench.ts';

const tables = localTables();

/** A store with its unpublished paths configured, on a clock of its own, and the reconciliation of it. */
async function openStore(
  storeId: string,
  { simulator = {}, idKeys }: { simulator?: ImotrizSimulatorOptions; idKeys?: string[] } = {},
) {
  const shop = await startImotriz({
    simulator: { seed: storeId, storeId, ...simulator },
    settings: { storeId },
  });
  const settings = { ...shop.settings, ...(idKeys ? { idKeys } : {}) };
  const clock = { now: () => shop.sim.now(), sleep: (ms: number) => shop.sim.advance(ms) };
  const bench = createBench(tables, { scope: storeId, platform: 'imotriz', clock, rate: settings.rate });
  const source = imotrizSource({
    ...bench,
    settings,
    raws: createRawStore({ ...tables, days: 90, now: clock.now }),
    missing: createMissingIds(bench.memory),
    listIds: () => shop.api.orderIds(),
    fetchOrder: (id) => shop.api.order(id),
  });
  return {
    ...shop,
    bench,
    run: (event: object = { scheduled: true }, remainingMs = () => 300_000) =>
      bench.run(source, { event, remainingMs, change: { off: () => imotrizOff(settings) } }),
    rowOf: (platformOrderId: string) => bench.orders.get({ platform: 'imotriz', storeId, platformOrderId }),
    fetched: () => shop.platform.calls.filter(({ route }) => route === order).length,
  };
}

describe('the reconciliation of an iMotriz store', () => {
  it('fetches an order whose page was read and never arrived, once two polls had the time to bring it', async () => {
    // Prepare
    const store = await openStore('lost');
    const id = store.world.place();
    await store.api.newOrders();

    // Act
    const early = await store.run();
    await store.sim.advance(minutes(60));
    const late = await store.run();
    const again = await store.run();

    // Assess
    expect(early.counts).toMatchObject({ seen: 1, missing: 0, repaired: 0 });
    expect(late.counts).toMatchObject({ missing: 1, repaired: 1, lost: 1 });
    expect(again.counts).toMatchObject({ seen: 1, missing: 0 });
    expect(await store.rowOf(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(store.fetched()).toBe(1);
  });

  it('fetches at once when a person asks, and does not call that lost', async () => {
    const store = await openStore('asked');
    const id = store.world.place();

    const report = await store.run({ from: '2026-11-20T00:00:00Z' });

    expect(report.counts).toMatchObject({ missing: 1, repaired: 1, lost: 0 });
    expect(await store.rowOf(id)).toMatchObject({ state: 'ok' });
  });

  it('stops where its limit or time ends and goes on from there, never over the limit', async () => {
    // Prepare: more orders than fit one run at 20 calls a minute.
    const store = await openStore('many');
    const ids = Array.from({ length: 70 }, () => store.world.place());
    await store.run();
    await store.sim.advance(minutes(60));
    const before = store.platform.calls.length;

    // Act
    const reports = [];
    for (let round = 0; round < 4; round += 1) {
      reports.push(await store.run());
      await store.sim.advance(minutes(60));
    }

    // Assess
    expect(reports.map(({ outcome }) => outcome)).toEqual(['unfinished', 'done', 'done', 'done']);
    for (const id of ids) expect(await store.rowOf(id), id).toMatchObject({ state: 'ok' });
    expect(store.fetched()).toBe(70);
    const times = store.platform.calls.slice(before).map(({ at }) => at);
    for (const [index, at] of times.entries())
      expect(at - (times[index - 2] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(2_900);
  });

  it('goes on after an order that the platform fails to show, and asks for it again', async () => {
    // Prepare
    const store = await openStore('bad');
    const [bad = '', good = ''] = [store.world.place(), store.world.place()];
    const undo = store.platform.faults.add({
      match: { path: order.replace('{id}', bad) },
      kind: 'status',
      status: 500,
    });

    // Act
    const first = await store.run({ from: '2026-11-20T00:00:00Z' });
    undo();
    await store.sim.advance(minutes(60));
    const second = await store.run();

    // Assess
    expect(first).toMatchObject({ outcome: 'unfinished' });
    expect(first.counts).toMatchObject({ missing: 2, repaired: 1, failed: 1 });
    expect(await store.rowOf(good)).toMatchObject({ state: 'ok' });
    expect(second).toMatchObject({ outcome: 'done', counts: { repaired: 1 } });
  });

  it('gives up a run when the platform fails three times in a row', async () => {
    const store = await openStore('down');
    for (let order = 0; order < 6; order += 1) store.world.place();
    store.platform.faults.add({ match: { path: order }, kind: 'status', status: 503 });

    const report = await store.run({ from: '2026-11-20T00:00:00Z' });

    expect(report).toMatchObject({ outcome: 'failed', counts: { failed: 3 } });
    expect(store.fetched()).toBe(3);
  });

  it('asks once a day only for an order outside of the configured dates', async () => {
    const store = await openStore('outside');
    const id = store.world.place();
    store.platform.faults.add({ match: { path: order }, kind: 'status', status: 404 });
    await store.run({ from: '2026-11-20T00:00:00Z' });
    await store.sim.advance(minutes(60));

    const soon = await store.run();
    await store.sim.advance(days(1));
    const tomorrow = await store.run();

    expect(soon).toMatchObject({ outcome: 'done', counts: { failed: 0 } });
    expect(tomorrow.counts).toMatchObject({ failed: 1 });
    expect(store.fetched()).toBe(2);
    expect(await store.rowOf(id)).toBeUndefined();
  });

  it('keeps an order whose own id is another than the listed one, and says which setting is wrong', async () => {
    const store = await openStore('other-key', { idKeys: ['total'] });
    store.world.place({ moneyStyle: 'number' });

    const report = await store.run({ from: '2026-11-20T00:00:00Z' });
    await store.sim.advance(minutes(60));
    await store.run();

    expect(report.counts).toMatchObject({ missing: 1, failed: 1, repaired: 0 });
    expect(store.bench.log.lines.some(({ message }) => message.includes('imotriz.idKeys'))).toBe(true);
    expect(store.fetched()).toBe(1);
  });

  it('pauses the platform when the start date is not set', async () => {
    const store = await openStore('no-date');
    store.world.setSyncFrom(null);

    const report = await store.run();

    expect(report.outcome).toBe('paused');
    expect(await store.bench.pause.check()).toMatchObject({
      allowed: false,
      state: { remedy: expect.stringContaining('Sincronizar pedidos desde') },
    });
  });

  it('is off, loudly, while its paths are not configured, and calls nobody', async () => {
    const store = await openStore('no-paths');
    const settings = imotrizSettings.parse({ country: 'co', storeId: 'no-paths', paths: { order } });
    const never = () => Promise.reject(new Error('called'));
    const source = imotrizSource({
      ...store.bench,
      settings,
      raws: createRawStore({ ...tables, days: 90, now: store.bench.clock.now }),
      missing: createMissingIds(store.bench.memory),
      listIds: never,
      fetchOrder: never,
    });

    const report = await store.bench.run(source, { change: { off: () => imotrizOff(settings) } });

    expect(report.outcome).toBe('off');
    expect(report.problems[0]).toContain('imotriz.paths.orderIds not configured');
    expect(store.bench.metrics.total('ReconcileOff')).toBe(1);
    expect(
      imotrizOff(imotrizSettings.parse({ country: 'co', storeId: 'x', paths: { order, orderIds } })),
    ).toBe(undefined);
  });
});

describe('the memory of missing ids', () => {
  it('keeps since when an id is missing, and forgets one that came in', () => {
    const known = { a: { since: 1, askAgainAt: 9 }, b: { since: 2 } };

    expect(remember(known, ['b', 'c', 'constructor'], 5)).toEqual({
      b: { since: 2 },
      c: { since: 5 },
      constructor: { since: 5 },
    });
  });
});
