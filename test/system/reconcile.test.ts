import { describe, expect, it } from 'vitest';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import { wantedEvents } from '../../functions/platforms/nuvemshop/webhook-bodies.ts';
import { METRIC_NAMESPACE } from '../../functions/runtime/metric-names.ts';
import { createSubscriptionsChecked } from '../../functions/storage/last-times.ts';
import { idleCost } from '../../lib/cost/idle.ts';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import { serversOf } from '../../local/shop/stores.ts';
import { differences } from '../../local/shop/verify.ts';
import { waitUntilIdle } from '../../local/shop/wait-until-idle.ts';
import { demo as demoMerchant, resourcesOf, stacksOf } from '../lib/assembly.ts';
import { deployedShop } from '../support/deployment.ts';
import { DEMO_CHAIN, ROUTES } from '../support/routes.ts';

const { orderIds, order } = DEFAULTS.paths;
const shop = deployedShop(41, {
  imotrizRate: { perSecond: 100, burst: 200 },
  configure: ({ imotriz }) => {
    for (const store of imotriz.stores) store.paths = { ...store.paths, orderIds, order };
  },
});

type PlatformName = 'Nuvemshop' | 'Pedidosya' | 'Imotriz';
const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString();
async function reconcile(platform: PlatformName, event: object = { from: anHourAgo() }): Promise<Report> {
  const { payload, error } = await shop.cloud.invoke(`${platform}/Reconcile/Reconciler/Function`, event);
  if (error !== undefined) throw new Error(`${error.errorType}: ${error.errorMessage}`);
  return (payload as Report[])[0]!;
}
const throttled = () =>
  serversOf(shop.stores).flatMap(({ calls }) => calls.filter(({ status }) => status === 429));
/** From now on the platforms tell nobody anything. */
function losePushes(): void {
  const { nuvemshop, pedidosya } = shop.platforms;
  for (const store of nuvemshop!.world.platform.stores.values()) store.webhooks.clear();
  pedidosya!.world.setWebhook('orders', undefined);
}

describe('reconciliation on the local cloud', () => {
  it('finds every order of a day on which no webhook and no page arrived, in its last state', async () => {
    // Arrange
    losePushes();
    const { nuvemshop, pedidosya, imotriz } = shop.platforms;
    const nuvemshopIds = Array.from({ length: 12 }, () => nuvemshop!.world.place());
    for (const id of nuvemshopIds.slice(0, 6)) nuvemshop!.world.pay(id);
    nuvemshop!.world.cancel(nuvemshopIds[7]!);
    const pedidosyaIds = Array.from({ length: 8 }, () => pedidosya!.world.place().order_id);
    pedidosya!.world.prepare(pedidosyaIds[0]!);
    const imotrizIds = [imotriz!.world.place(), imotriz!.world.place()];
    // The page is handed out and lost on its way.
    const lost = imotriz!.faults.add({
      match: { path: DEFAULTS.paths.newOrders },
      kind: 'reset-after',
      times: 1,
    });
    await shop.poll();
    lost();

    // Act
    const reports = await Promise.all([reconcile('Nuvemshop'), reconcile('Pedidosya'), reconcile('Imotriz')]);
    await waitUntilIdle(shop, 240_000);

    // Assert
    expect(reports.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(reports.map(({ counts }) => counts.repaired)).toEqual([12, 8, imotrizIds.length]);
    const rows = await shop.table.all();
    expect(rows).toHaveLength(22);
    expect(differences(shop, rows)).toEqual({ missing: [], behind: [] });
    for (const row of rows)
      expect(row).toMatchObject({ state: 'ok', origin: { first: { via: 'reconcile' } } });
    expect(throttled()).toEqual([]);
    expect((await shop.cloud.queues()).filter((queue) => queue.isDeadLetter && queue.visible > 0)).toEqual(
      [],
    );
  }, 300_000);

  it('brings rows up to date whose changes were never told, and makes no call for those that are current', async () => {
    // Arrange
    const { nuvemshop, pedidosya } = shop.platforms;
    const rows = await shop.table.all();
    const [paid] = rows.filter(
      ({ platform, order: known }) =>
        platform === 'nuvemshop' && known?.payment.status !== 'paid' && known?.status !== 'cancelled',
    );
    const [ready] = rows.filter(
      ({ platform, order: known }) => platform === 'pedidosya' && known?.status === 'received',
    );
    // What was read within two seconds of its change is asked for once more: a list in whole seconds cannot tell.
    const unsure = rows.filter(
      ({ platform, observedAt, sourceTime = 0 }) =>
        platform === 'nuvemshop' && observedAt < sourceTime + 2_000,
    );
    nuvemshop!.world.pay(paid!.platformOrderId);
    pedidosya!.world.cancel(ready!.platformOrderId);
    const fetches = () => nuvemshop!.calls.filter(({ route }) => route.endsWith('/orders/{id}')).length;
    const before = fetches();
    // The times of orders have whole seconds.
    await expect.poll(() => Date.now() % 1000 > 0).toBe(true);

    // Act
    const reports = [await reconcile('Nuvemshop'), await reconcile('Pedidosya')];
    await waitUntilIdle(shop, 240_000);

    // Assert
    expect(reports.map(({ counts }) => [counts.stale, counts.missing])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(fetches() - before).toBeLessThanOrEqual(1 + unsure.length);
    expect(await shop.table.get(paid!)).toMatchObject({
      order: { payment: { status: 'paid' } },
      origin: { first: { via: 'reconcile' }, last: { via: 'reconcile' } },
    });
    expect(await shop.table.get(ready!)).toMatchObject({ order: { status: 'cancelled' } });
    expect(throttled()).toEqual([]);
  }, 300_000);

  it.each([
    ['Nuvemshop', 'sqs:SendMessage'],
    ['Pedidosya', 'dynamodb:PutItem'],
  ] as const)(
    'loses nothing when %s may not %s in the middle of a run',
    async (platform, action) => {
      // Arrange
      const { nuvemshop, pedidosya } = shop.platforms;
      const platformOrderId =
        platform === 'Nuvemshop' ? nuvemshop!.world.place() : pedidosya!.world.place().order_id;
      const restore = shop.cloud.withoutPermission(`${platform}/Reconcile/Reconciler/Function`, action);

      // Act
      const broken = await reconcile(platform).then(
        ({ outcome, counts }) => ({ outcome, repaired: counts.repaired }),
        (error: Error) => error.message,
      );
      restore();
      // The lease of a run that could not even give it back ends by itself; a person's run says so meanwhile.
      const mended = await reconcile(platform);
      await waitUntilIdle(shop, 240_000);

      // Assert
      if (typeof broken === 'string') expect(broken).toContain('AccessDenied');
      else expect(broken).toMatchObject({ repaired: 0 });
      expect(mended.counts.repaired).toBe(1);
      const rows = await shop.table.all();
      expect(rows.find((row) => row.platformOrderId === platformOrderId)).toMatchObject({ state: 'ok' });
      expect(differences(shop, rows)).toEqual({ missing: [], behind: [] });
    },
    120_000,
  );

  it('says in a dry run what it would repair, and repairs nothing', async () => {
    const id = shop.platforms.nuvemshop!.world.place();

    const report = await reconcile('Nuvemshop', { from: anHourAgo(), dryRun: true });
    await shop.cloud.idle();

    expect(report).toMatchObject({ dryRun: true, counts: { missing: 1, repaired: 0 } });
    expect(report.examples).toEqual([{ order: id, finding: 'missing' }]);
    expect((await shop.table.all()).some(({ platformOrderId }) => platformOrderId === id)).toBe(false);
  });

  it('refuses a request that it does not understand, before it calls anybody', async () => {
    await expect(reconcile('Nuvemshop', { dryrun: true })).rejects.toThrow(/dryrun/);
  });

  it('runs on its schedule, leaves what happened a moment ago to live traffic, and counts every run', async () => {
    for (const store of [
      `Nuvemshop/Reconcile/Schedule/5665778`,
      `Pedidosya/Reconcile/Schedule/${DEMO_CHAIN}`,
    ])
      await shop.cloud.fire(store);
    await shop.cloud.fire('Imotriz/Reconcile/Schedule/co-main');

    for (const platform of ['nuvemshop', 'pedidosya', 'imotriz'])
      expect(shop.cloud.metrics.logged('ReconcileCompleted', platform)).toBeGreaterThan(0);
    expect(shop.cloud.metrics.logged('MissedEvents')).toBe(0);
  }, 300_000);

  it('subscribes again, once a day, what Nuvemshop lost of the webhooks', async () => {
    // Arrange: the platform lost them all, and they were looked at long ago.
    const [{ storeId } = { storeId: '' }] = shop.stores.filter(
      ({ platform: { name } }) => name === 'nuvemshop',
    );
    const { webhooks } = shop.platforms.nuvemshop!.world.platform.stores.get(Number(storeId))!;
    webhooks.clear();
    const table = shop.cloud.tableName('Control/Table');
    const name = { platform: 'nuvemshop', storeId };
    await createSubscriptionsChecked({ client: shop.table.client, table, ...name }).set(0);

    // Act
    const reports = [await reconcile('Nuvemshop', {}), await reconcile('Nuvemshop', {})];

    // Assert
    const wanted = wantedEvents({ mirrorsProducts: true, mirrorsCustomers: false });
    expect([...webhooks.values()].map(({ event, url }) => [event, url])).toEqual(
      wanted.map((event) => [event, `${shop.cloud.apiUrl}${ROUTES.nuvemshopEvents}`]),
    );
    expect(reports.map((report) => report.webhooks?.missing)).toEqual([wanted, undefined]);
    expect(shop.cloud.metrics.logged('SubscriptionsRepaired', 'nuvemshop')).toBe(wanted.length);
  });

  it('names nobody in any log line', async () => {
    const lines = shop.logs.filter(({ name }) => name.includes('Reconcile')).map(({ line }) => line);
    const rows = await shop.table.all();

    expect(lines.length).toBeGreaterThan(0);
    for (const { personal } of rows) {
      for (const person of [personal?.name, personal?.email, personal?.phone, personal?.documentId]) {
        // A made-up document number may be all zeros, and so is the local account's.
        if (person === undefined || person.length < 5 || /^0+$/.test(person)) continue;
        expect(lines.filter((line) => line.includes(person))).toEqual([]);
      }
    }
  });
});

describe('the demo as it is configured', () => {
  const demo = deployedShop(42);

  it('has its reconciliation off for iMotriz, and says so on every run', async () => {
    const { payload } = await demo.cloud.invoke('Imotriz/Reconcile/Reconciler/Function', { scheduled: true });

    expect(payload).toMatchObject([{ outcome: 'off' }]);
    expect(demo.cloud.metrics.total('ReconcileOff', { platform: 'imotriz' })).toBe(1);
    expect(demo.platforms.imotriz!.calls).toEqual([]);
  });

  it('writes no series without orders but those that docs/cost.md has a price for', async () => {
    const priced = idleCost(resourcesOf(stacksOf(demoMerchant))).find(({ what }) => what === 'series');
    const ours = () => demo.cloud.metrics.list().filter(({ namespace }) => namespace === METRIC_NAMESPACE);

    // Act
    for (const platform of ['Nuvemshop', 'Pedidosya', 'Imotriz'])
      await demo.cloud.invoke(`${platform}/Reconcile/Reconciler/Function`, { scheduled: true });
    await demo.poll();
    await demo.cloud.invoke('Erp/Sweeper/Function', {});
    await demo.cloud.idle();

    // Assert
    const seen = ours()
      // The first import of the products is work: how late it was is measured.
      .filter(({ name }) => !['FeedLagSeconds', 'MessageAgeSeconds'].includes(name))
      .map(({ name, dimensions: { platform } }) => `${name} of ${platform}`);
    // The demo does not say how iMotriz is to be reconciled, which is a warning for as long as it does not.
    expect(seen.sort()).toEqual(
      ['ReconcileOff of imotriz', ...(priced?.resources.map(({ name }) => name) ?? [])].sort(),
    );
  });
});
