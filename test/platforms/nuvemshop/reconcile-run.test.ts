import { describe, expect, it } from 'vitest';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { nuvemshopModule } from '../../../local/platforms/nuvemshop/module.ts';
import type { NuvemshopSimulatorOptions } from '../../../local/platforms/nuvemshop/options.ts';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { deliver } from '../../support/deployment-bench.ts';
import { localTables } from '../../support/local-tables.ts';
import { openSimulated } from '../../support/simulated-platform.ts';
import { USER_AGENT } from './open-client.ts';

const tables = localTables();
/** A bound against hanging, no measure: thousands of orders take a busy machine several times as long as an idle one. */
const HANGS_MS = 120_000;

/** A simulated Nuvemshop store, and its reconciliation. */
const open = (
  storeId: string,
  { simulator = {}, reconcile = {} }: { simulator?: NuvemshopSimulatorOptions; reconcile?: object } = {},
) =>
  openSimulated(tables, nuvemshop, {
    module: nuvemshopModule,
    settings: { userAgent: USER_AGENT, stores: [{ storeId, reconcile }] },
    simulator: { own: simulator },
  });

describe('the reconciliation of a Nuvemshop store', () => {
  it('queues what the table lacks or has older, and leaves what is current alone', async () => {
    // Arrange: three orders, of which one is current, one was paid without a word, and one never came.
    const shop = await open('1001');
    await shop.run();
    await shop.advance(minutes(1));
    const [current = '', paid = '', missed = ''] = [1, 2, 3].map(() => shop.world.place());
    await shop.advance(minutes(1));
    await shop.keep(current, paid);
    await shop.advance(minutes(10));
    shop.world.pay(paid);
    await shop.advance(minutes(10));

    // Act
    const report = await shop.run();

    // Assert
    expect(report).toMatchObject({ outcome: 'done' });
    expect(report.counts).toMatchObject({ missing: 1, stale: 1, repaired: 2, missed: 2, failed: 0 });
    expect(shop.queued().toSorted()).toEqual([paid, missed].toSorted());
  });

  it('has an order fetched that was read before the second of its last change was over, and counts nothing as missed', async () => {
    const shop = await open('1099');
    await shop.run();
    await shop.advance(minutes(1));
    const early = shop.world.place();
    await shop.keep(early);
    await shop.advance(minutes(10));

    const report = await shop.run();

    expect(shop.queued()).toEqual([early]);
    expect(report.counts).toMatchObject({ missing: 0, stale: 0, repaired: 0, missed: 0 });
  });

  it('agrees with the orders that are fetched for it, and then finds nothing any more', async () => {
    // Arrange
    const shop = await open('1002');
    const ids = [shop.world.place(), shop.world.place()];
    await shop.advance(minutes(10));
    shop.world.pay(ids[1]!);
    await shop.advance(minutes(30));
    await shop.run();

    // Act
    const back = await deliver(shop.processor(), ...shop.queue.sent.map(({ message }) => message));
    await shop.advance(days(2));
    const again = await shop.run();

    // Assert
    expect(back).toEqual([]);
    for (const id of ids)
      expect(await shop.row(id)).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(again.counts).toMatchObject({ seen: 2, missing: 0, stale: 0, repaired: 0 });
  });

  it('backfills a new deployment in few calls, none over the limit, without calling it missed', {
    timeout: HANGS_MS,
  }, async () => {
    // Arrange: 1,200 orders over 20 days.
    const shop = await open('1003');
    await shop.advance(-days(20));
    for (let order = 0; order < 1200; order += 1) {
      shop.world.place();
      await shop.advance(days(20) / 1200);
    }
    await shop.advance(minutes(10));

    // Act
    const report = await shop.run();

    // Assert
    expect(report).toMatchObject({ outcome: 'done', left: [] });
    expect(report.counts).toMatchObject({ missing: 1200, repaired: 1200, missed: 0 });
    expect(new Set(shop.queued()).size).toBe(1200);
    expect(shop.queuedMessages()).toHaveLength(1200);
    expect(shop.queue.sent.length, 'what differs on a page travels together').toBeLessThan(50);
    expect(shop.calls.every(({ status }) => status === 200 || status === 404)).toBe(true);
    expect(shop.calls.length).toBeLessThan(50);
  });

  it('reads more than 10,000 orders of one day, which is the most that the platform lists', {
    timeout: HANGS_MS,
  }, async () => {
    // Arrange: no row is looked up, because there would be none.
    const shop = await open('1004', { reconcile: { firstDays: 1, deepDays: 1 } });
    const orders = { ...shop.reconciler.orders, get: async () => undefined };
    await shop.advance(-days(0.9));
    for (let order = 0; order < 10_050; order += 1) {
      shop.world.place();
      await shop.advance(days(0.88) / 10_050);
    }
    await shop.advance(minutes(30));

    // Act
    const report = await shop.run({ event: { scheduled: true, dryRun: true }, change: { orders } });

    // Assert
    expect(report.counts.missing).toBe(10_050);
    expect(shop.calls.filter(({ status }) => status === 429 || status === 422)).toEqual([]);
  });

  it('finds after a suspension of two days what happened meanwhile', async () => {
    // Arrange
    const shop = await open('1005');
    await shop.run();
    shop.world.suspend();
    await shop.advance(minutes(20));
    const refused = await shop.run();
    const ids = [shop.world.place(), shop.world.place()];
    await shop.advance(days(2));
    const still = await shop.run();
    shop.world.resume();
    await shop.advance(minutes(10));

    // Act
    const probe = await shop.run();
    const afterwards = await shop.run();

    // Assert
    const outcomes = [refused, still, probe, afterwards].map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['paused', 'paused', 'done', 'done']);
    expect(probe.counts).toMatchObject({ missing: 2, repaired: 2 });
    expect(new Set(shop.queued())).toEqual(new Set(ids));
    expect(await shop.backfill.read()).toBeUndefined();
  });

  it('sees a cancellation that left updated_at behind, as an official sample does', async () => {
    const shop = await open('1006', { simulator: { statusKeepsUpdatedAt: true } });
    const id = shop.world.place();
    await shop.keep(id);
    await shop.run();
    await shop.advance(minutes(20));
    shop.world.cancel(id);
    await shop.advance(minutes(20));

    const report = await shop.run();

    expect(report.counts).toMatchObject({ stale: 1 });
    expect(shop.queued()).toEqual([id]);
  });

  it('sees by night a fulfilment that moved without moving the order’s own time', async () => {
    // Arrange
    const shop = await open('1007');
    const id = shop.world.place();
    await shop.keep(id);
    await shop.run();
    await shop.advance(days(2));
    const order = shop.world.platform.stores.get(1007)!.orders.get(Number(id))!;
    const { updatedAt } = order;
    shop.world.pack(id);
    order.updatedAt = updatedAt;
    await shop.advance(minutes(30));

    // Act
    const report = await shop.run();

    // Assert
    expect(report.counts).toMatchObject({ stale: 1, repaired: 1, missed: 0 });
    expect(shop.queued()).toEqual([id]);
  });
});

describe('the webhooks of a Nuvemshop store', () => {
  const OTHER_APP = 'https://another-app.example/hook';

  /** A store whose webhooks are as the first look left them, a day later, beside one that another app subscribed. */
  async function openSubscribed(storeId: string) {
    const shop = await openSimulated(tables, nuvemshop, {
      module: nuvemshopModule,
      settings: { userAgent: USER_AGENT, stores: [{ storeId, reconcile: {} }] },
      subscribes: true,
    });
    shop.world.subscribe({ url: OTHER_APP, events: ['order/created'] });
    await shop.run();
    await shop.advance(days(1));
    const store = shop.world.platform.stores.get(Number(storeId))!;
    const subscribed = () => [...store.webhooks.values()].map(({ event, url }) => `${event} ${url}`).sort();
    const before = shop.calls.length;
    return {
      ...shop,
      store,
      subscribed,
      wanted: subscribed(),
      find: (event: string) =>
        [...store.webhooks.values()].find((one) => one.event === event && one.url === shop.webhookUrl)!,
      /** Calls about webhooks since then. */
      asked: () =>
        shop.calls.slice(before).flatMap(({ method, route }) => (/webhooks/.test(route) ? [method] : [])),
    };
  }

  it('are subscribed again where the platform lost one', async () => {
    const shop = await openSubscribed('1021');
    shop.store.webhooks.delete(shop.find('order/paid').id);

    const report = await shop.run();

    expect(shop.subscribed()).toEqual(shop.wanted);
    expect(report).toMatchObject({
      outcome: 'done',
      problems: [],
      webhooks: { missing: ['order/paid'], surplus: [] },
    });
  });

  it('come to our address again where somebody had one sent elsewhere, which stays as somebody wants it', async () => {
    const shop = await openSubscribed('1022');
    shop.find('order/paid').url = 'https://elsewhere.example/hook';

    await shop.run();

    expect(shop.subscribed()).toEqual(
      [...shop.wanted, 'order/paid https://elsewhere.example/hook'].toSorted(),
    );
  });

  it('are sent once where one was doubled, or went to an earlier deployment of ours', async () => {
    const shop = await openSubscribed('1023');
    shop.world.subscribe({ url: shop.webhookUrl, events: ['order/paid'] });
    shop.world.subscribe({ url: 'https://earlier.example/webhooks/nuvemshop', events: ['order/paid'] });

    const { webhooks } = await shop.run();

    expect(shop.subscribed()).toEqual(shop.wanted);
    expect(webhooks).toEqual({ missing: [], surplus: ['order/paid', 'order/paid'] });
  });

  it('cost one call, and no write, where nothing is to be done', async () => {
    const shop = await openSubscribed('1024');

    const { webhooks } = await shop.run();

    expect(shop.asked()).toEqual(['GET']);
    expect(webhooks).toBeUndefined();
  });

  it('are brought to their end by the next run where the time was over between two of them', async () => {
    const shop = await openSubscribed('1025');
    for (const event of ['order/paid', 'order/packed']) shop.store.webhooks.delete(shop.find(event).id);
    const remainingMs = () => (shop.asked().includes('POST') ? 0 : 300_000);

    await shop.run({ remainingMs });
    const between = shop.subscribed().length;
    const { webhooks } = await shop.run();

    expect(between).toBe(shop.wanted.length - 1);
    expect(webhooks?.missing).toHaveLength(1);
    expect(shop.subscribed()).toEqual(shop.wanted);
  });

  it('say which scope the app lacks for one, and leave the store connected', async () => {
    const shop = await openSubscribed('1026');
    shop.store.webhooks.delete(shop.find('product/updated').id);
    shop.store.scopes = new Set([...shop.store.scopes].filter((scope) => !scope.endsWith('_products')));

    const { problems } = await shop.run();

    expect(problems[0]).toMatch(/^webhooks: .*scope read_products/);
    expect(await shop.circuit.state()).toBeUndefined();
  });
});
