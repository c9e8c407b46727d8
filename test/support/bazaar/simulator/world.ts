import { createEffects } from '../../../../local/platforms/shared/effects.ts';
import type { SeededRandom } from '../../../../local/platforms/shared/seeded-random.ts';
import type { WebhookDeliverer } from '../../../../local/platforms/shared/webhook-deliverer.ts';
import type { OrderTruth, SimWorld, WebhookDisorder } from '../../../../local/platforms/simulator.ts';
import { HOOK_TOPICS, SIGNATURE_HEADER, signatureOf } from '../api.ts';
import { APP_SECRET } from '../settings.ts';
import type { BazaarShop } from '../shop.ts';

/** The statuses of an order in their order; `cancelled` can follow any but the last. */
const COURSE = ['placed', 'accepted', 'packed', 'sent', 'done'];
const NAMES = ['Invented Person', 'Nobody Anywhere', 'Somebody Else'] as const;

/** The levers of the simulated Bazaar. */
export interface BazaarWorld extends SimWorld {
  readonly shop: BazaarShop;
  /** Someone buys; returns the order's id. */
  place(shop: string): string;
  /** @throws Error when the order is unknown, or not in the status before. */
  advance(orderId: string, status: string): void;
  /** @throws Error when the order is unknown or ended. */
  cancel(orderId: string): void;
  /** The address of our API that webhooks go to, as the installation subscribes it. */
  subscribe(url: string): void;
  /** From now on nobody is told anything. */
  unsubscribe(): void;
  /** The address that a merchant's browser is sent back to. */
  redirectTo(url: string): void;
  readonly redirect: string | undefined;
  /** The shop's access token ends before its time; the refresh token goes on working. */
  endToken(shop: string): void;
  configureWebhooks(changes: WebhookDisorder): void;
  /** What Bazaar sends with this body. */
  headersFor(body: string): Record<string, string>;
  /** The app cancelled an order over the API, and the shop is told of it as of everything. */
  cancelledByApp(orderId: string): void;
}

/** Makes the world of one installation of Bazaar; its shops share everything but orders and tokens. */
export function createWorld(
  shop: BazaarShop,
  { deliverer, random }: { deliverer: WebhookDeliverer; random: SeededRandom },
): BazaarWorld {
  let lastId = random.int(1_000, 9_999);
  let redirect: string | undefined;
  const effects = createEffects();
  const headersFor = (body: string) => ({
    'content-type': 'application/json',
    [SIGNATURE_HEADER]: signatureOf(body, APP_SECRET.clientSecret),
  });
  const tell = (orderId: string, storeId: string) => {
    const body = JSON.stringify({ shop: storeId, event: 'order.changed', order: orderId });
    for (const { url } of shop.hooks.filter(({ topic }) => topic === 'orders'))
      deliverer.send({ url, body, headers: headersFor(body), label: 'order.changed' });
  };
  const known = (orderId: string) => {
    const order = shop.order(orderId);
    if (order === undefined) throw new Error(`Bazaar has no order ${orderId}.`);
    return order;
  };
  const change = (orderId: string, status: string) => {
    const { shop: storeId } = shop.change(orderId, { status });
    tell(orderId, storeId);
  };

  return {
    shop,
    place(storeId) {
      lastId += random.int(1, 5);
      const [total, name] = [random.int(100, 99_999), random.pick(NAMES)];
      const { id } = shop.place(storeId, {
        id: `o-${lastId}`,
        total,
        buyer: { name, email: `${random.hex(8)}@example.com` },
      });
      tell(id, storeId);
      return id;
    },
    advance(orderId, status) {
      const { status: before } = known(orderId);
      if (COURSE.indexOf(status) !== COURSE.indexOf(before) + 1 || before === 'cancelled')
        throw new Error(`Order ${orderId} is ${before}: it cannot be ${status} now.`);
      change(orderId, status);
    },
    cancel(orderId) {
      const { status } = known(orderId);
      if (status === 'done' || status === 'cancelled')
        throw new Error(`Order ${orderId} is ${status} already.`);
      change(orderId, 'cancelled');
    },
    subscribe(url) {
      for (const topic of HOOK_TOPICS)
        if (!shop.hooks.some((hook) => hook.topic === topic && hook.url === url))
          shop.hooks.push({ id: `hook-of-the-panel-${shop.hooks.length}`, topic, url });
    },
    unsubscribe: () => void shop.hooks.splice(0),
    redirectTo(url) {
      redirect = url;
    },
    get redirect() {
      return redirect;
    },
    endToken(storeId) {
      const tokens = shop.tokensOf(storeId);
      if (tokens !== undefined) tokens.accessToken = `ended-${random.hex(16)}`;
    },
    configureWebhooks: (changes) => deliverer.configure(changes),
    headersFor,
    cancelledByApp(orderId) {
      effects.record({ orderId, kind: 'status', what: 'cancelled', at: Date.now() });
      tell(orderId, known(orderId).shop);
    },
    effects: (orderId) => effects.of(orderId),
    truth: (orderId) =>
      shop
        .orders()
        .filter(({ id }) => orderId === undefined || id === orderId)
        .map((json): OrderTruth => ({ storeId: json.shop, orderId: json.id, json })),
    deliveries: () => deliverer.log,
    pendingDeliveries: () => deliverer.pending(),
    settled: () => deliverer.settled(),
  };
}
