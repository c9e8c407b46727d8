import { SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { stockOf } from '../../config/merchant.ts';
import { stockOutput } from '../../config/output-names.ts';
import { channelKey } from '../../functions/domain/stock/channel.ts';
import { catalogueKey, type Link } from '../../functions/domain/stock/links.ts';
import { withBase, withLinks } from '../../functions/domain/stock/sku.ts';
import { createStockHints } from '../../functions/runtime/stock-hints.ts';
import { catalogueJobKey, circuitKey, stockTellingKey } from '../../functions/storage/control-keys.ts';
import type { ItemKey, StoreName } from '../../functions/storage/keys.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createProductSkus } from '../../functions/storage/product-skus.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { createStockJobs, type StockJob } from '../../functions/storage/stock-jobs.ts';
import { claimItemKey, productSkusKey, stockJobKey } from '../../functions/storage/stock-keys.ts';
import { rowOf } from '../storage/samples.ts';
import type { TestShop } from '../support/deployment.ts';
import { DEMO_CHAIN } from '../support/routes.ts';
import { sampleOrder } from '../support/sample-order.ts';
import { apiCaller } from './api-flows.ts';
import type { Flow } from './control-item-flows.ts';
import { merchantOf, STORE } from './merchant.ts';
import { unlessConditionFailed } from './unless-condition-failed.ts';

const NUVEMSHOP = { platform: 'nuvemshop', storeId: STORE };
const CHAIN = { platform: 'pedidosya', storeId: DEMO_CHAIN };
const OUTLET = 'nbet';
const PEDIDOSYA_SKU = 'UY-001';

/** The flows of a merchant whose stock is counted, beside those of every merchant. What drifts is told again. */
export function stockFlows(shop: TestShop, comesTrue: (isSo: () => Promise<boolean>) => Promise<boolean>) {
  const { cloud, platforms, table } = shop;
  const nuvemshop = platforms.nuvemshop!.world;
  const pedidosya = platforms.pedidosya!.world;
  const merchant = merchantOf(shop);
  const { call } = apiCaller(shop);
  const settings = stockOf(shop.merchant)!;
  const orders = { client: table.client, table: cloud.tableName('Orders/Table') };
  const stockAt = (now: () => number) => createStockStore({ ...orders, rules: settings, clock: { now } });
  const stock = stockAt(Date.now);
  const channelOf = ({ platform, storeId }: StoreName, outletId?: string) =>
    settings.channels.find(
      (one) => one.platform === platform && one.storeId === storeId && one.outletId === outletId,
    )!;
  const variants = [...merchant.storeOf().products.values()].flatMap((product) => product.variants);
  const [counted, ...others] = variants.filter(
    ({ sku }) => sku !== null && variants.filter((one) => one.sku === sku).length === 1,
  );
  const variant = counted!;
  const sku = variant.sku!;
  /** Falls with every flow, and what is less is told at once. */
  let units = 190;
  let made = 0;

  const put = (...items: { sku: string; quantity: number }[]) => {
    const asOf = new Date().toISOString();
    return call('/v1/stock', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: items.map((item) => ({ ...item, asOf })) }),
    });
  };
  const compareProducts = (platform: string) =>
    cloud.invoke(`${platform}/Reconcile/Reconciler/Function`, { products: true });
  const isShown = (quantity: number, of = variant.id) =>
    comesTrue(async () => nuvemshop.stockOf(of) === quantity);
  async function isTold(): Promise<boolean> {
    units -= 1;
    return (await put({ sku, quantity: units })) !== undefined && isShown(units);
  }
  async function isSwitched(): Promise<boolean> {
    const on = pedidosya.product(OUTLET, PEDIDOSYA_SKU)?.active === true;
    const answered = await put({ sku: PEDIDOSYA_SKU, quantity: on ? 0 : 9 });
    return (
      answered !== undefined &&
      comesTrue(async () => pedidosya.product(OUTLET, PEDIDOSYA_SKU)?.active === !on)
    );
  }
  const isStopped = async (store: StoreName) => (await merchant.controlItem(circuitKey(store))) !== undefined;
  /** Moves a time that an item holds into the past. */
  const hasCome = (Key: ItemKey, field: string, past: number | string, TableName: string) =>
    table.client
      .send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET #field = :past',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#field': field },
          ExpressionAttributeValues: { ':past': past },
        }),
      )
      .catch(unlessConditionFailed);
  const probeIsDue = (store: StoreName) =>
    hasCome(circuitKey(store), 'probeAt', 0, cloud.tableName('Control/Table'));
  /** The platform refuses the credential of a call that tells stock, and takes it again. */
  async function goesOn(store: StoreName, tell: () => Promise<unknown>): Promise<boolean> {
    const { faults } = platforms[store.platform as 'nuvemshop' | 'pedidosya']!;
    const takeAgain = faults.add({ kind: 'status', status: 401 });
    await tell();
    const stopped = await comesTrue(() => isStopped(store));
    takeAgain();
    if (!stopped) return false;
    await probeIsDue(store);
    await tell();
    return comesTrue(async () => !(await isStopped(store)));
  }
  /** Names both stores, as if something had come to be told. */
  async function announce(): Promise<void> {
    const client = new SQSClient(merchant.aws());
    const urls = [NUVEMSHOP, CHAIN].map(({ platform }) => [
      platform,
      cloud.outputs[stockOutput(platform)] ?? '',
    ]);
    const hints = createStockHints(client, Object.fromEntries(urls));
    for (const store of [NUVEMSHOP, CHAIN]) await hints.send(store, 0);
    client.destroy();
  }
  /** SKUs that are linked to products which PedidosYa does not have. */
  const haunting: string[] = [];
  const link = (name: string, links: Link[]) =>
    stock.update(name, (known) =>
      withLinks(known, catalogueKey(channelOf(CHAIN, OUTLET)), links, settings, Date.now()),
    );
  async function ghosts(): Promise<string[]> {
    const names = ['a', 'b'].map((name) => `GHOST-${made}-${name}`);
    for (const name of names) await link(name, [{ productId: `${OUTLET}/${name}`, variantId: name }]);
    haunting.push(...names);
    return names;
  }
  async function comparisonSees(quantity: number): Promise<void> {
    nuvemshop.setStock(variant.id, quantity);
    await merchant.settled();
    await compareProducts('Nuvemshop');
    await cloud.invoke('Erp/Comparer/Function', {});
  }

  const flows = {
    'Nuvemshop is told of a number': isTold,
    'PedidosYa is told of a number': isSwitched,
    'Nuvemshop is told of numbers again after the credential was refused': () =>
      goesOn(NUVEMSHOP, () => {
        units -= 1;
        return put({ sku, quantity: units });
      }),
    'PedidosYa is told of numbers again after the credential was refused': () => {
      // What the first call was refused stays to be told, so the second one names another product.
      const names = ['UY-002', 'UY-003'];
      return goesOn(CHAIN, () => {
        const name = names.shift() ?? '';
        const on = pedidosya.product(OUTLET, name)?.active === true;
        return put({ sku: name, quantity: on ? 0 : 9 });
      });
    },
    'a job of PedidosYa refuses SKUs': async () => {
      made += 1;
      const names = await ghosts();
      await put(...names.map((name) => ({ sku: name, quantity: 9 })));
      // Another one may still be under way, of what was told before.
      const tellsThem = ({ told }: StockJob) => Object.values(told).flat().includes(names[0]!);
      if (!(await comesTrue(async () => (await allJobs()).some(tellsThem)))) return false;
      for (const { jobId } of await allJobs())
        await comesTrue(
          async () => (await merchant.controlItem(catalogueJobKey('pedidosya', jobId))) !== undefined,
        );
      await jobsAreDue();
      await announce();
      const key = channelKey(channelOf(CHAIN, OUTLET));
      return comesTrue(async () => (await stock.get(names[0]!))?.rejected[key] !== undefined);
    },
    'a number that goes to zero is taken': async () => {
      made += 1;
      const name = `ZERO-${made}`;
      const answers = [await put({ sku: name, quantity: 5 }), await put({ sku: name, quantity: 0 })];
      return !answers.includes(undefined);
    },
    'a product that comes to have a SKU is told what there is': async () => {
      made += 1;
      const renamed = others.at(-made)!;
      renamed.sku = `NEW-${made}`;
      await put({ sku: renamed.sku, quantity: 50 + made });
      await compareProducts('Nuvemshop');
      return isShown(50 + made, renamed.id);
    },
    'what somebody typed into a panel is told again at night': async () => {
      // What an earlier night found is seen to be right first.
      await isTold();
      await comparisonSees(units);
      await comparisonSees(units + 500);
      return isShown(units);
    },
    'the sweep tells of stock that nobody was told of': async () => {
      units -= 1;
      const base = { quantity: units * 1000, asOf: Date.now() };
      const past = Date.now() - 60_000;
      await stockAt(() => past).update(sku, (known) => withBase(known, 'main', base, settings, past).sku);
      await cloud.invoke('Erp/Sweeper/Function', {});
      return isShown(units);
    },
    'the sweep looks whether what orders take is claimed': async () => {
      made += 1;
      const changedAt = new Date(Date.now() - 3_600_000 + made).toISOString();
      await createOrderStore(orders.client, orders.table).put(
        rowOf(`late-${made}`, { ...NUVEMSHOP, changedAt }),
        0,
      );
      const { error } = await cloud.invoke('Erp/Sweeper/Function', {});
      return error === undefined;
    },
    'what channels show is compared on its schedule': () =>
      cloud.fire('Erp/Stock/Schedule/Compare').then(
        () => true,
        () => false,
      ),
  } satisfies Record<string, Flow>;

  async function allJobs(): Promise<StockJob[]> {
    // All of them are due in a day.
    const later = createStockJobs({ ...orders, clock: { now: () => Date.now() + 86_400_000 } });
    return later.due(CHAIN);
  }

  /** What happens seldom, and needs permissions that nothing else needs. */
  const rare = {
    'a number that Nuvemshop fails to take is told again': async () => {
      const goOn = platforms.nuvemshop!.faults.add({ kind: 'status', status: 500, times: 1 });
      units -= 1;
      await put({ sku, quantity: units });
      const told = await comesTrue(async () => {
        cloud.endWaits();
        return nuvemshop.stockOf(variant.id) === units;
      });
      goOn();
      return told;
    },
    'a number that is taken back before anybody was told leaves nothing to tell': async () => {
      const less = { quantity: (units - 1) * 1000, asOf: Date.now() };
      await stock.update(sku, (known) => withBase(known, 'main', less, settings, Date.now()).sku);
      await put({ sku, quantity: units });
      return (await stock.nextToTell(NUVEMSHOP)) === undefined;
    },
    'a claim that ended goes with the next number': async () => {
      nuvemshop.setStock(variant.id, units + 700);
      await merchant.settled();
      await compareProducts('Nuvemshop');
      await merchant.settled();
      // Only now: whoever writes the SKU before would take the claim away.
      const claim = { order: 'nuvemshop:s:1', line: 'l', places: ['main'], bookings: [] };
      const history = [{ version: 1, taken: 0, gone: 0, since: 1 }];
      const Key = claimItemKey(sku, 'nuvemshop:s:1#l');
      await table.client.send(
        new PutCommand({ TableName: orders.table, Item: { ...Key, ...claim, history } }),
      );
      await cloud.invoke('Erp/Comparer/Function', {});
      return isShown(units);
    },
    'a product that was mirrored before stock was counted is linked at night': async () => {
      const catalogue = catalogueKey(channelOf(NUVEMSHOP));
      const linked = async () => (await stock.get(sku))?.links[catalogue]?.[0]?.productId;
      const platformProductId = (await linked())!;
      const key = { ...NUVEMSHOP, platformProductId };
      await table.client.send(new DeleteCommand({ TableName: orders.table, Key: productSkusKey(key) }));
      await stock.update(sku, (known) => withLinks(known, catalogue, [], settings, Date.now()));
      await cloud.invoke('Erp/Comparer/Function', {});
      const followed = await createProductSkus(table.client, orders.table).get(key);
      return (await linked()) === platformProductId && followed !== undefined;
    },
    'an order that was cancelled is given back': async () => {
      const id = `cancelled-${Date.now()}`;
      const lines = [{ lineId: 'l', sku, name: 'a', quantity: 1, unit: 'unit' as const }];
      const { personal: _, ...order } = sampleOrder({ ...NUVEMSHOP, platformOrderId: id, lines });
      const store = createOrderStore(table.client, orders.table);
      const row = rowOf(id, { ...NUVEMSHOP, platformOrderId: id, order });
      const isClaimed = async () => (await stock.get(sku))?.claimed.main !== undefined;
      await store.put(row, 0);
      const claimed = await comesTrue(isClaimed);
      const cancelled = { ...order, status: 'cancelled' as const };
      await store.put({ ...row, version: 2, revision: 2, order: cancelled }, 1);
      return claimed && comesTrue(async () => !(await isClaimed()));
    },
  } satisfies Record<string, Flow>;

  /** What is linked to products is known from the first flow on. */
  async function prepare(): Promise<void> {
    await compareProducts('Nuvemshop');
    await compareProducts('Pedidosya');
    await cloud.idle();
  }

  /** Lets the end of jobs be looked for now. Answers how many there are. */
  async function jobsAreDue(): Promise<number> {
    const all = await allJobs();
    const past = new Date(Date.now() - 60_000).toISOString();
    for (const { jobId } of all) await hasCome(stockJobKey(CHAIN, jobId), 'workAt', past, orders.table);
    return all.length;
  }
  const isAnyDue = async () => {
    const next = await Promise.all(
      [NUVEMSHOP, CHAIN].flatMap((store) => [
        stock.nextToTell(store),
        stock.nextToTell({ ...store, what: 'prices' }),
      ]),
    );
    return next.some((dueAt) => dueAt !== undefined && dueAt <= Date.now());
  };

  /** Lets what a refusal left behind end well: messages come back and find every permission. */
  async function mend(): Promise<void> {
    const until = Date.now() + 60_000;
    // What is refused is told again in an hour, and a message waits for that.
    for (const name of haunting.splice(0)) await link(name, []);
    for (;;) {
      for (const store of [NUVEMSHOP, CHAIN]) if (await isStopped(store)) await probeIsDue(store);
      const under = await jobsAreDue();
      // The sweep names only what is late.
      if (under > 0 || (await isAnyDue())) await announce();
      cloud.endWaits();
      // What was to come later has come.
      for (const store of [NUVEMSHOP, CHAIN])
        await hasCome(stockTellingKey(store), 'namedAt', 0, cloud.tableName('Control/Table'));
      const idle = await cloud.idle(1000).then(
        () => true,
        () => false,
      );
      if (idle || Date.now() > until) return;
    }
  }

  return { flows, rare, mend, prepare };
}
