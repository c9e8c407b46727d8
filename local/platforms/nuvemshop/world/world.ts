import { select } from '../../shared/simulated-store.ts';
import type { WebhookDeliverer } from '../../shared/webhook-deliverer.ts';
import type { OrderTruth, SimWorld } from '../../simulator.ts';
import { install, resume, sendPrivacy, suspend, uninstall } from '../access/installation.ts';
import { issueCode } from '../access/oauth.ts';
import { totalStock } from '../catalogue/catalogue.ts';
import { setStock } from '../catalogue/stock.ts';
import {
  type FulfilmentOrder,
  type FulfilmentStatus,
  isFetchedFromMerchant,
} from '../fulfilment/fulfilment-order.ts';
import type { PrivacyTopic } from '../options.ts';
import { placeOrder } from '../orders/assemble-order.ts';
import * as change from '../orders/change-order.ts';
import type { CancelReason, Order, PaymentStatus } from '../orders/order.ts';
import { renderOrder } from '../orders/render-order.ts';
import type { Platform, Store, Suspension, Version } from '../platform.ts';
import { invoicesOf } from '../resources/invoice-list.ts';
import { emit, webhookEvents } from '../webhooks/events.ts';
import { movedFrom } from './addresses.ts';
import { catalogueTruth } from './catalogue-truth.ts';
import { editOrder, type LineEdit } from './edit-order.ts';
import { privacyBody } from './privacy-body.ts';
import { randomDraft } from './shopper.ts';
import { stepOrder, type WorldStep } from './step-order.ts';

/** What a client needs to call the API of one shop. */
export interface NuvemshopCredentials {
  storeId: string;
  accessToken: string;
  appId: string;
  clientSecret: string;
}

/** The shops as their merchants, buyers and the platform's staff see them. Ids are strings. */
export interface NuvemshopWorld extends SimWorld {
  /** The whole state, for assertions that no method covers. */
  readonly platform: Platform;
  storeIds(): string[];
  /** Throws when the app is not installed in the shop. */
  credentials(storeId?: string): NuvemshopCredentials;
  /** Registers webhooks as `POST /webhooks` would, for any address. Default: all order events. */
  subscribe(subscription: { url: string; events?: readonly string[]; storeId?: string }): void;
  /** A buyer places a random order; returns its id. */
  place(storeId?: string): string;
  pay(orderId: string): void;
  setPayment(orderId: string, status: Exclude<PaymentStatus, 'paid'>): void;
  /** A part of the total comes in, or goes back: the share that the buyer has paid afterwards. */
  payPart(orderId: string, share: number): void;
  /** Edits a line, or by default raises the quantity of the first one. */
  edit(orderId: string, edit?: LineEdit): void;
  changeNote(orderId: string, note: string): void;
  changeOwnerNote(orderId: string, note: string): void;
  /** The buyer moves to another invented address. */
  changeAddress(orderId: string): void;
  /** Moves every fulfillment order of the order, or one of them. */
  pack(orderId: string, fulfilmentId?: string): void;
  ship(orderId: string, fulfilmentId?: string): void;
  deliver(orderId: string, fulfilmentId?: string): void;
  /** In the panel, where restocking and writing to the buyer are what is ticked unless somebody says otherwise. */
  cancel(orderId: string, reason?: CancelReason, how?: { restock?: boolean; email?: boolean }): void;
  /** The invoices of an order as its metafield has them. */
  invoices(orderId: string): unknown;
  archive(orderId: string): void;
  reopen(orderId: string): void;
  /** Something plausible happens to an order: it is paid, packed, sent, edited, cancelled and so on. */
  step(orderId?: string): WorldStep;
  /** The merchant sets the stock of a variant in the admin; `product/updated` follows. */
  setStock(variantId: number, stock: number | null, locationId?: string): void;
  /** Total units of a variant over all locations. */
  stockOf(variantId: number): number | null;
  /** The merchant agrees to the app: the code that the redirect would carry. */
  agree(storeId?: string): string;
  /** Installs without the OAuth steps; returns the new token. */
  install(storeId?: string): string;
  uninstall(storeId?: string): void;
  suspend(reason?: Suspension, storeId?: string): void;
  resume(storeId?: string): void;
  sendPrivacy(topic: PrivacyTopic, storeId?: string, customerId?: number): void;
  /** Calls in the shop's leaky bucket now. */
  bucketLevel(storeId?: string): number;
  configureDelivery(changes: Parameters<WebhookDeliverer['configure']>[0]): void;
}

/** Opens the world of a platform. */
export function createWorld(platform: Platform): NuvemshopWorld {
  const storeOf = (storeId?: string): Store => {
    const store =
      storeId === undefined ? [...platform.stores.values()][0] : platform.stores.get(Number(storeId));
    if (store === undefined) throw new Error(`Store ${storeId ?? ''} does not exist in this simulation.`);
    return store;
  };
  const sceneOf = (store: Store): change.Scene => ({ platform, store, now: platform.clock.now() });
  const orderOf = (orderId: string): { scene: change.Scene; order: Order } => {
    for (const store of platform.stores.values()) {
      const order = store.orders.get(Number(orderId));
      if (order !== undefined) return { scene: sceneOf(store), order };
    }
    throw new Error(`Order ${orderId} does not exist in this simulation.`);
  };
  const move = (orderId: string, status: FulfilmentStatus, fulfilmentId?: string) => {
    const { scene, order } = orderOf(orderId);
    for (const fulfilment of order.fulfilmentOrders) {
      const to = stageOf(fulfilment, status);
      if (to !== undefined && (fulfilmentId === undefined || fulfilment.id === fulfilmentId)) {
        change.moveFulfilment(scene, order, fulfilment, to);
      }
    }
  };
  const variantOf = (variantId: number) => {
    for (const store of platform.stores.values()) {
      for (const product of store.products.values()) {
        const variant = product.variants.find((candidate) => candidate.id === variantId);
        if (variant !== undefined) return { store, product, variant };
      }
    }
    throw new Error(`Variant ${variantId} does not exist in this simulation.`);
  };

  return {
    platform,
    catalogue: (storeId) => catalogueTruth(platform, storeOf(storeId)),
    storeIds: () => [...platform.stores.keys()].map(String),
    credentials(storeId) {
      const store = storeOf(storeId);
      if (store.accessToken === undefined) throw new Error(`The app is not installed in store ${store.id}.`);
      const { id: appId, clientSecret } = platform.app;
      return { storeId: String(store.id), accessToken: store.accessToken, appId, clientSecret };
    },
    subscribe({ url, events, storeId }) {
      const store = storeOf(storeId);
      const now = platform.clock.now();
      for (const event of events ?? Object.keys(webhookEvents).filter((name) => name.startsWith('order/'))) {
        const id = platform.nextId('webhook');
        store.webhooks.set(id, { id, event, url, createdAt: now, updatedAt: now });
      }
    },
    place(storeId) {
      const scene = sceneOf(storeOf(storeId));
      return String(placeOrder(scene, randomDraft(scene)).id);
    },
    pay(orderId) {
      const { scene, order } = orderOf(orderId);
      change.pay(scene, order);
    },
    setPayment(orderId, status) {
      const { scene, order } = orderOf(orderId);
      change.setPayment(scene, order, status);
    },
    payPart(orderId, share) {
      const { scene, order } = orderOf(orderId);
      change.payPart(scene, order, share);
    },
    edit(orderId, edit) {
      const { scene, order } = orderOf(orderId);
      const line = order.lines[0];
      if (line === undefined) throw new Error(`Order ${orderId} has no line left.`);
      editOrder(scene, order, edit ?? { lineId: line.id, quantity: line.quantity + 1 });
    },
    changeNote(orderId, note) {
      const { scene, order } = orderOf(orderId);
      order.note = note;
      change.touch(scene, order);
    },
    changeOwnerNote(orderId, note) {
      const { scene, order } = orderOf(orderId);
      order.ownerNote = note;
      change.touch(scene, order);
    },
    changeAddress(orderId) {
      const { scene, order } = orderOf(orderId);
      order.shippingAddress = movedFrom(scene, order);
      change.touch(scene, order);
    },
    pack: (orderId, fulfilmentId) => move(orderId, 'PACKED', fulfilmentId),
    ship: (orderId, fulfilmentId) => move(orderId, 'DISPATCHED', fulfilmentId),
    deliver: (orderId, fulfilmentId) => move(orderId, 'DELIVERED', fulfilmentId),
    cancel(orderId, reason = 'customer', { restock = true, email = true } = {}) {
      const { scene, order } = orderOf(orderId);
      change.cancel(scene, order, reason, { restock, email });
    },
    archive(orderId) {
      const { scene, order } = orderOf(orderId);
      change.close(scene, order);
    },
    reopen(orderId) {
      const { scene, order } = orderOf(orderId);
      change.reopen(scene, order);
    },
    step(orderId) {
      const all = [...platform.stores.values()].flatMap((store) => [...store.orders.keys()]);
      const { scene, order } = orderOf(orderId ?? String(platform.random.pick(all)));
      return stepOrder(scene, order);
    },
    setStock(variantId, stock, locationId) {
      const { store, product, variant } = variantOf(variantId);
      const now = platform.clock.now();
      const first = [...store.locations.keys()][0];
      const target = locationId ?? first;
      if (target === undefined) throw new Error(`Store ${store.id} has no location.`);
      setStock(variant, target, stock, now);
      product.updatedAt = now;
      emit(platform, store, 'product/updated', { id: product.id });
    },
    stockOf: (variantId) => totalStock(variantOf(variantId).variant),
    agree: (storeId) => issueCode(platform, storeOf(storeId).id),
    install: (storeId) => install(platform, storeOf(storeId), platform.app.scopes),
    uninstall: (storeId) => uninstall(platform, storeOf(storeId)),
    suspend: (reason = 'app-suspended', storeId) => suspend(platform, storeOf(storeId), reason),
    resume: (storeId) => resume(platform, storeOf(storeId)),
    sendPrivacy(topic, storeId, customerId) {
      sendPrivacy(platform, topic, privacyBody(storeOf(storeId), topic, customerId));
    },
    bucketLevel: (storeId) => storeOf(storeId).bucket.level(platform.clock.now()),
    configureDelivery: (changes) => platform.deliverer.configure(changes),
    invoices: (orderId) => invoicesOf(orderOf(orderId).scene.store, orderId),
    truth: (orderId) => truthOf(platform, orderId),
    effects: (orderId) => platform.effects.of(orderId),
    deliveries: () => platform.deliverer.log,
    pendingDeliveries: () => platform.deliverer.pending(),
    settled: () => platform.deliverer.settled(),
  };
}

/** Where a merchant moves a parcel who packs, sends or hands over; undefined where there is nothing to do. */
function stageOf(fulfilment: FulfilmentOrder, status: FulfilmentStatus): FulfilmentStatus | undefined {
  if (fulfilment.shipping.type === 'non-shippable') return status === 'DELIVERED' ? status : undefined;
  return isFetchedFromMerchant(fulfilment) && status === 'DISPATCHED' ? 'READY_FOR_PICKUP' : status;
}

const truthVersion: Version = '2025-03';

function truthOf(platform: Platform, orderId?: string): OrderTruth[] {
  const aggregates = { fulfilmentOrders: true, customFields: true };
  return [...platform.stores.values()].flatMap((store) =>
    select(store.orders, orderId === undefined ? undefined : Number(orderId)).map((order) => ({
      storeId: String(store.id),
      orderId: String(order.id),
      ...(order.listedFrom > platform.clock.now() ? { changesAt: order.listedFrom } : {}),
      json: renderOrder(
        order,
        { platform, store, version: truthVersion, now: platform.clock.now() },
        'detail',
        aggregates,
      ),
    })),
  );
}
