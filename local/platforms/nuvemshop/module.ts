import * as z from 'zod';
import { nuvemshopSettings } from '../../../functions/platforms/nuvemshop/settings.ts';
import { wantedEvents } from '../../../functions/platforms/nuvemshop/webhook-bodies.ts';
import { createSimulatedStore } from '../shared/simulated-store.ts';
import type { Simulator } from '../simulator.ts';
import type { SampleWebhook, SimulatedStore, SimulatorModule } from '../simulator-module.ts';
import type { Product } from './catalogue/catalogue.ts';
import { drawSteps, lifecycle, undated } from './lifecycle.ts';
import type { NuvemshopSimulatorOptions, PrivacyTopic } from './options.ts';
import type { Store } from './platform.ts';
import { createNuvemshopSimulator } from './simulator.ts';
import { webhookEvents } from './webhooks/events.ts';
import type { NuvemshopWorld } from './world/world.ts';

const VERSION = '2025-03';
/** Calls a second of the larger plan. */
const NEXT_PLAN_PER_SECOND = 20;
const storeSettings = z.looseObject({
  storeId: z.string(),
  rate: z.looseObject({ perSecond: z.number() }).optional(),
  catalogue: z.boolean().default(true),
  customers: z.boolean().default(false),
});
const eventBody = z.looseObject({ id: z.union([z.number(), z.string()]).transform(String) });

const PRIVACY_ADDRESSES: Readonly<Record<PrivacyTopic, string>> = {
  'store/redact': 'store-redact',
  'customers/redact': 'customers-redact',
  'customers/data_request': 'customers-data-request',
};
const ORDER_EVENTS = Object.keys(webhookEvents).filter((event) => event.startsWith('order/'));
const ACCOUNT_EVENTS = ['app/suspended', 'app/resumed'];

/** Nuvemshop/Tiendanube: one platform with all the shops of a merchant, and one partner app. */
export const nuvemshopModule: SimulatorModule<NuvemshopWorld, NuvemshopSimulatorOptions> = {
  title: 'Nuvemshop',
  addresses: {
    webhook: { topic: 'event', purpose: 'all order events go' },
    redirect: { topic: 'callback', purpose: 'the authorize page sends the merchant' },
    'store-redact': { topic: 'store/redact', purpose: 'requests to redact a store go' },
    'customers-redact': { topic: 'customers/redact', purpose: 'requests to redact a buyer go' },
    'customers-data-request': {
      topic: 'customers/data_request',
      purpose: "requests for a buyer's data go",
    },
  },
  pointAt(settings, originOf) {
    const { stores, ...shared } = nuvemshopSettings().parse(settings);
    // One platform serves all stores.
    const authUrl = `${originOf(stores[0]?.storeId ?? '')}/apps`;
    const pointed = stores.map((store) => ({ ...store, baseUrl: `${originOf(store.storeId)}/${VERSION}` }));
    return { ...shared, authUrl, stores: pointed };
  },
  create({ stores, own, ...common }) {
    const configured = stores?.map((settings) => storeSettings.parse(settings));
    const simulator = createNuvemshopSimulator({
      oddOrders: true,
      ...common,
      ...(configured === undefined
        ? {}
        : { stores: configured.map(({ storeId, rate }) => ({ id: Number(storeId), plan: planOf(rate) })) }),
      ...own,
    });
    return simulator.world.storeIds().map((storeId) => {
      const { catalogue = true, customers = false } =
        configured?.find((one) => one.storeId === storeId) ?? {};
      const wanted = wantedEvents({ mirrorsProducts: catalogue, mirrorsCustomers: customers });
      return openStore(simulator, storeId, wanted);
    });
  },
  drawSteps,
  undated,
  standalone: {
    port: 4610,
    describe({ simulator: { url, world }, storeId }) {
      const { appId, clientSecret, accessToken } = world.credentials(storeId);
      return [
        `store ${storeId}, app ${appId}`,
        `client secret ${clientSecret}`,
        `curl -H 'User-Agent: Try (you@example.com)' -H 'Authentication: bearer ${accessToken}' \\`,
        `  ${url}/${VERSION}/${storeId}/orders`,
      ];
    },
  },
};

/** The plan that a configured rate belongs to. */
const planOf = (rate?: { perSecond: number }) =>
  rate !== undefined && rate.perSecond >= NEXT_PLAN_PER_SECOND ? ('next' as const) : ('basic' as const);

function openStore(
  simulator: Simulator<NuvemshopWorld>,
  storeId: string,
  wanted: readonly string[],
): SimulatedStore<NuvemshopWorld> {
  const { world } = simulator;
  const { platform } = world;
  const headersFor = (body: string) => ({
    'content-type': 'application/json',
    'x-linkedstore-hmac-sha256': platform.sign(body),
  });
  return createSimulatedStore({
    storeId,
    simulator,
    lifecycle,
    secrets() {
      const { appId: clientId, clientSecret, accessToken } = world.credentials(storeId);
      return { app: { clientId, clientSecret }, store: { accessToken } };
    },
    connect(urls, { account = false, installed = false } = {}) {
      const { app } = platform;
      if (urls.redirect !== undefined) app.redirectUrl = urls.redirect;
      for (const [topic, address] of Object.entries(PRIVACY_ADDRESSES)) {
        const url = urls[address];
        if (url !== undefined) app.privacyUrls = { ...app.privacyUrls, [topic]: url };
      }
      const some = account ? [...ORDER_EVENTS, ...ACCOUNT_EVENTS] : ORDER_EVENTS;
      const events = installed ? wanted : some;
      if (urls.webhook !== undefined) world.subscribe({ url: urls.webhook, events, storeId });
    },
    webhooks: {
      carriesOrder: false,
      orderIdOf: (body) => eventBody.safeParse(body).data?.id,
      headersFor,
      sample(): SampleWebhook | undefined {
        const id = world.truth().findLast((order) => order.storeId === storeId)?.orderId;
        if (id === undefined) return undefined;
        const body = JSON.stringify({ store_id: Number(storeId), event: 'order/updated', id: Number(id) });
        return { address: 'webhook', headers: headersFor(body), body };
      },
      erasure(orderIds): SampleWebhook {
        const body = JSON.stringify({
          store_id: Number(storeId),
          customer: { id: 1 },
          orders_to_redact: orderIds.map(Number),
        });
        return { address: 'customers-redact', headers: headersFor(body), body };
      },
      configure: world.configureDelivery,
    },
    sell: (skus) => {
      const store = platform.stores.get(Number(storeId));
      const [like] = store?.products.values() ?? [];
      if (store === undefined || like === undefined) return [];
      return skus.map((sku) => {
        const { id, variant } = productLike(platform, store, like, sku);
        return { sku, productId: String(id), variantId: String(variant) };
      });
    },
    fillCatalogue(products, variants, createdAt) {
      const store = platform.stores.get(Number(storeId));
      if (store !== undefined) fillCatalogue(platform, store, { products, variants, createdAt });
    },
    troubles: {
      'token-replaced'() {
        world.install(storeId);
        // The new token goes on working; it only has to reach the secret.
        return () => {};
      },
      suspended() {
        world.suspend('app-suspended', storeId);
        return () => world.resume(storeId);
      },
    },
  });
}

/** Another product with one variant. */
function productLike(
  platform: NuvemshopWorld['platform'],
  store: Store,
  like: Product,
  sku: string,
): { id: number; variant: number } {
  const [first] = like.variants;
  const id = platform.nextId('product');
  const variant = platform.nextId('variant');
  const only = first === undefined ? [] : [{ ...structuredClone(first), id: variant, productId: id, sku }];
  store.products.set(id, { ...structuredClone(like), id, variants: only });
  return { id, variant };
}

/** So many products like the first one, in the place of what the store has. */
function fillCatalogue(
  platform: NuvemshopWorld['platform'],
  store: Store,
  wanted: { products: number; variants: number; createdAt: (product: number) => number },
): void {
  const [like] = store.products.values();
  const [first] = like?.variants ?? [];
  if (like === undefined || first === undefined) return;
  store.products.clear();
  for (let at = 0; at < wanted.products; at += 1) {
    const id = platform.nextId('product');
    const createdAt = Math.floor(wanted.createdAt(at) / 1000) * 1000;
    const variants = Array.from({ length: wanted.variants }, (_, position) => ({
      ...structuredClone(first),
      id: platform.nextId('variant'),
      productId: id,
      sku: `FILL-${at}-${position}`,
      createdAt,
      updatedAt: createdAt,
    }));
    store.products.set(id, { ...structuredClone(like), id, variants, createdAt, updatedAt: createdAt });
  }
}
