import { randomBytes, randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { ProductKey } from '../../functions/domain/product.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/webhook-proof.ts';
import { type Message, pack } from '../../functions/runtime/queue.ts';
import { pollBackoffKey } from '../../functions/storage/control-keys.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import type { TestShop } from '../support/deployment.ts';
import { DEMO_CHAIN, ROUTES } from '../support/routes.ts';
import { apiFlows } from './api-flows.ts';
import { commandFlows } from './command-flows.ts';
import { controlItemFlows, type Flow } from './control-item-flows.ts';
import { deliveryFlows } from './delivery-flows.ts';
import { erasedFlows } from './erased-flows.ts';
import { feedFlows } from './feed-flows.ts';
import { merchantOf, STORE, title, titleOf } from './merchant.ts';

const IMOTRIZ_STORE = { platform: 'imotriz', storeId: 'co-main' };
const CHAIN = { platform: 'pedidosya', storeId: DEMO_CHAIN };
const OUTLET = 'nbet';
/** Random text that no compression makes fit one message (bytes). */
const LARGE = 500_000;
const SCHEDULES = {
  nuvemshop: `Nuvemshop/Reconcile/Schedule/${STORE}`,
  pedidosya: `Pedidosya/Reconcile/Schedule/${DEMO_CHAIN}`,
  imotriz: `Imotriz/Reconcile/Schedule/${IMOTRIZ_STORE.storeId}`,
  imotrizPoll: `Imotriz/Poll/Schedule/${IMOTRIZ_STORE.storeId}`,
};
const PATIENCE_MS = 60_000;

/**
 * The flows of the demo's functions, each the smallest that brings about what somebody outside sees.
 *
 * @param comesTrue waits until something is so, or cannot be
 */
export function flowsOf(shop: TestShop, comesTrue: (isSo: () => Promise<boolean>) => Promise<boolean>) {
  const { cloud, platforms } = shop;
  const nuvemshop = platforms.nuvemshop!.world;
  const pedidosya = platforms.pedidosya!.world;
  const imotriz = platforms.imotriz!.world;
  const merchant = merchantOf(shop);
  const rowOf = (platform: string, storeId: string, platformOrderId: string) =>
    shop.table.get({ platform, storeId, platformOrderId });
  const nuvemshopRow = (id: string) => rowOf('nuvemshop', STORE, id);
  const pedidosyaRow = (id: string) => rowOf('pedidosya', DEMO_CHAIN, id);
  const imotrizRow = (id: string) => rowOf('imotriz', IMOTRIZ_STORE.storeId, id);

  let delisted = 0;

  const lands = (row: () => Promise<OrderRow | undefined>) =>
    comesTrue(async () => (await row())?.state === 'ok');

  const post = (path: string, body: string, headers: Record<string, string>) =>
    fetch(`${cloud.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  const toNuvemshop = (path: string, body: object) => {
    const text = JSON.stringify(body);
    return post(path, text, {
      'x-linkedstore-hmac-sha256': signNuvemshop(text, shop.webhookSecrets.nuvemshop),
    });
  };
  const toPedidosya = (body: object) =>
    post(ROUTES.pedidosya, JSON.stringify(body), { authorization: shop.webhookSecrets.pedidosya });
  async function enqueue(queue: string, message: Message): Promise<void> {
    const client = new SQSClient(merchant.aws());
    const QueueUrl = cloud.queueUrl(queue);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
    client.destroy();
  }

  /** Runs something that happens without any webhook. */
  function unheard<T>(happen: () => T): T {
    const { webhooks } = merchant.storeOf();
    const kept = [...webhooks];
    webhooks.clear();
    pedidosya.setWebhook('orders', undefined);
    const result = happen();
    for (const [id, webhook] of kept) webhooks.set(id, webhook);
    pedidosyaTells();
    return result;
  }
  function pedidosyaTells(): void {
    const secret = shop.webhookSecrets.pedidosya;
    pedidosya.setWebhook('orders', { url: `${cloud.apiUrl}${ROUTES.pedidosya}`, secret });
  }
  async function pedidosyaSilent<T>(run: () => Promise<T>): Promise<T> {
    pedidosya.setWebhook('orders', undefined);
    return run().finally(pedidosyaTells);
  }

  async function reconcile(platform: string): Promise<boolean> {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const { payload } = await cloud.invoke(`${platform}/Reconcile/Reconciler/Function`, { from });
    return (payload as Report[] | null)?.[0]?.outcome === 'done';
  }
  /** Compares the whole catalogue now. */
  async function compareProducts(platform: string): Promise<boolean> {
    const { payload } = await cloud.invoke(`${platform}/Reconcile/Reconciler/Function`, { products: true });
    return (payload as Report[] | null)?.[0]?.outcome === 'done';
  }
  const products = createProductStore(shop.table.client, cloud.tableName('Orders/Table'));
  /** Imports the catalogue, lets a product disappear without a word, and compares again. */
  async function isFoundGone(platform: string, key: ProductKey, disappear: () => void): Promise<boolean> {
    if (!(await compareProducts(platform)) || (await products.get(key)) === undefined) return false;
    disappear();
    return (await compareProducts(platform)) && (await products.get(key))?.removedAt !== undefined;
  }
  const fires = (schedule: string) => ended(cloud.fire(schedule));

  const erased = erasedFlows(shop, {
    comesTrue,
    unheard,
    reconcile,
    pollImotriz: () => fires(SCHEDULES.imotrizPoll),
    chain: CHAIN,
    outlet: OUTLET,
    imotrizStore: IMOTRIZ_STORE,
  });
  const others = controlItemFlows(shop, CHAIN, IMOTRIZ_STORE, {
    toNuvemshop,
    toPedidosya,
    controlItem: merchant.controlItem,
    comesTrue,
    install: merchant.install,
    reconcile,
    poll: () => fires(SCHEDULES.imotrizPoll),
    forgetBackoff,
    filler,
  });
  async function landed(): Promise<string> {
    const id = nuvemshop.place();
    await nuvemshop.settled();
    await lands(() => nuvemshopRow(id));
    return id;
  }
  const deliveries = deliveryFlows(shop, landed, comesTrue);
  const api = apiFlows(shop, landed, { ...others, reconcile });
  const commanded = commandFlows(shop, {
    call: api.call,
    comesTrue,
    isStopped: others.isStopped,
    refusedThenTaken: others.refusedThenTaken,
    whileStopped: others.whileStopped,
    nuvemshopOrder: async () => ({ platform: 'nuvemshop', storeId: STORE, platformOrderId: await landed() }),
    async pedidosyaOrder() {
      const { order_id: platformOrderId } = pedidosya.place({ storeId: OUTLET });
      await pedidosya.settled();
      await lands(() => pedidosyaRow(platformOrderId));
      return { ...CHAIN, platformOrderId };
    },
    eraseAndLeaveBytes: erased.eraseAndLeaveBytes,
    pedidosyaSilent,
    isBare: erased.isBare,
  });
  const flows = {
    ...others.flows,
    ...deliveries.flows,
    ...feedFlows(shop, landed, comesTrue),
    ...api.flows,
    ...commanded.flows,
    'a webhook of Nuvemshop is accepted': async () => {
      const id = unheard(() => nuvemshop.place());
      return (await toNuvemshop(ROUTES.nuvemshopEvents, event('order/updated', id))).ok;
    },
    'a webhook of PedidosYa is accepted': async () => {
      const { order_id } = unheard(() => pedidosya.place({ storeId: OUTLET }));
      return (await toPedidosya(pedidosya.truth(order_id)[0]!.json)).ok;
    },
    'an order that Nuvemshop tells of is fetched': async () =>
      (await nuvemshopRow(await landed()))?.state === 'ok',
    'a store of Nuvemshop is erased': async () => {
      await merchant.forgetErasure();
      const id = nuvemshop.place();
      await merchant.settled();
      nuvemshop.uninstall();
      await toNuvemshop(ROUTES.nuvemshopStoreRedact, { store_id: Number(STORE) });
      const waits = await comesTrue(merchant.erasureWaits);
      if (waits) await merchant.erasureIsDue();
      await cloud.invoke('Nuvemshop/Reconcile/Reconciler/Function', { scheduled: true });
      const erased = await comesTrue(async () => (await nuvemshopRow(id))?.erased !== undefined);
      await merchant.install();
      return erased;
    },
    'an order that PedidosYa sends is recorded': async () => {
      const { order_id } = pedidosya.place({ storeId: OUTLET });
      await pedidosya.settled();
      return lands(() => pedidosyaRow(order_id));
    },
    'an order of PedidosYa larger than a message is recorded': async () => {
      const { order_id } = unheard(() => pedidosya.place({ storeId: OUTLET }));
      await toPedidosya({ ...pedidosya.truth(order_id)[0]!.json, filler: filler() });
      return lands(() => pedidosyaRow(order_id));
    },
    'an order that iMotriz hands out is recorded': async () => {
      await forgetBackoff();
      const id = imotriz.place();
      await fires(SCHEDULES.imotrizPoll);
      return lands(() => imotrizRow(id));
    },
    'a page of iMotriz larger than a message is recorded': async () => {
      const id = imotriz.place();
      const record = { ...imotriz.truth(id)[0]!.json, filler: filler() };
      const metadata = { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 };
      const page = JSON.stringify({ data: [record], metadata });
      const correlationId = randomUUID();
      for (const payload of pack(Buffer.from(page)))
        await enqueue('Imotriz/Orders/Intake/Queue', {
          v: 1,
          kind: 'received',
          via: 'poll',
          topic: 'page',
          storeId: IMOTRIZ_STORE.storeId,
          correlationId,
          receivedAt: Date.now(),
          attempts: 0,
          payload,
        });
      return lands(() => imotrizRow(id));
    },
    'reconciliation finds an order that Nuvemshop told nobody of': async () => {
      const id = unheard(() => nuvemshop.place());
      return (await reconcile('Nuvemshop')) && lands(() => nuvemshopRow(id));
    },
    'reconciliation finds an order that PedidosYa told nobody of': async () => {
      const { order_id } = unheard(() => pedidosya.place({ storeId: OUTLET }));
      return (await reconcile('Pedidosya')) && lands(() => pedidosyaRow(order_id));
    },
    'reconciliation finds an order that iMotriz handed to nobody': async () => {
      const id = imotriz.place();
      return (await reconcile('Imotriz')) && lands(() => imotrizRow(id));
    },
    'reconciliation finds that Nuvemshop has a product no more': async () => {
      const known = merchant.storeOf().products;
      const id = [...known.keys()].at(-1) ?? 0;
      const key = { platform: 'nuvemshop', storeId: STORE, platformProductId: String(id) };
      return isFoundGone('Nuvemshop', key, () => void known.delete(id));
    },
    'reconciliation finds that PedidosYa has a product no more': async () => {
      delisted += 1;
      const sku = `UY-${String(delisted).padStart(3, '0')}`;
      const key = { ...CHAIN, platformProductId: `${OUTLET}/${sku}` };
      return isFoundGone('Pedidosya', key, () => pedidosya.delist(OUTLET, sku));
    },
    'a client of the API reads a product': async () => {
      await compareProducts('Nuvemshop');
      const page = (await api.call('/v1/products')) as { items: { id: string }[] } | undefined;
      const id = page?.items[0]?.id;
      return id !== undefined && (await api.call(`/v1/products/${encodeURIComponent(id)}`)) !== undefined;
    },
    'a merchant installs the app': () =>
      merchant.install().then(
        ({ html }) => title(html) === titleOf('installed'),
        () => false,
      ),
    'Nuvemshop is reconciled on its schedule': () => fires(SCHEDULES.nuvemshop),
    'PedidosYa is reconciled on its schedule': () => fires(SCHEDULES.pedidosya),
    'iMotriz is reconciled on its schedule': () => fires(SCHEDULES.imotriz),
    'iMotriz is polled on its schedule': () => fires(SCHEDULES.imotrizPoll),
  } satisfies Record<string, Flow>;

  /** What happens seldom, and needs permissions that nothing else needs. */
  const rare = {
    ...deliveries.rare,
    ...commanded.rare,
    ...others.rare,
    ...erased.rare,
  } satisfies Record<string, Flow>;

  async function forgetBackoff(): Promise<void> {
    const TableName = cloud.tableName('Control/Table');
    await shop.table.client.send(new DeleteCommand({ TableName, Key: pollBackoffKey(IMOTRIZ_STORE) }));
  }

  /** Lets what a refusal left behind end well: messages come back and find every permission. */
  async function mend(): Promise<void> {
    await forgetBackoff();
    const until = Date.now() + PATIENCE_MS;
    for (let patience = 100; ; patience = Math.min(patience * 2, 1600)) {
      await others.probesAreDue();
      await commanded.waitsAreOver();
      cloud.endWaits();
      if (await ended(cloud.idle(patience))) return;
      if (Date.now() > until) return cloud.idle(1);
    }
  }

  return { flows, rare, mend };
}

const ended = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
const filler = () => randomBytes(LARGE).toString('base64');
const event = (name: string, id: string) => ({ store_id: Number(STORE), event: name, id: Number(id) });
