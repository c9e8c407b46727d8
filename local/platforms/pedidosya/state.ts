import type { Effects } from '../shared/effects.ts';
import type { SeededRandom } from '../shared/seeded-random.ts';
import type { SimClock } from '../simulator.ts';
import type { Credentials } from './access/credentials.ts';
import type { Jobs } from './catalogue/jobs.ts';
import { generateProducts, type Product } from './catalogue/products.ts';
import { type Country, countryOf } from './countries.ts';
import type { Notifier } from './notifier.ts';
import type { PedidosYaSimulatorOptions, StoreOptions } from './options.ts';
import type { PedidosYaOrder } from './orders/order.ts';
import type { Promotion, VendorStatus } from './request-schemas.ts';

/** A store and what it sells. */
export interface Store {
  options: StoreOptions;
  /** The `client.id` of its orders. */
  clientId: string;
  country: Country;
  products: Map<string, Product>;
  status: VendorStatus;
}

/** Everything the simulated platform knows. */
export interface PedidosYaState {
  options: PedidosYaSimulatorOptions;
  clock: SimClock;
  random: SeededRandom;
  /** For what is odd about orders, so that plain ones are the same with and without it. */
  oddRandom: SeededRandom;
  chainId: string;
  stores: Store[];
  /** By order id, in order of creation. */
  orders: Map<string, PedidosYaOrder>;
  /** Accepted promotions, as canonical text. */
  promotions: Map<string, Promotion>;
  /** Orders whose first webhook holds nothing but the status. */
  bare: Map<string, 'to be sent' | 'sent'>;
  /** For each order, the `updated_at` of the state last announced by webhook. */
  announced: Map<string, string>;
  credentials: Credentials;
  jobs: Jobs;
  notifier: Notifier;
  effects: Effects;
}

/** Opens a store with an invented assortment. */
export function openStore(options: StoreOptions, random: SeededRandom): Store {
  const country = countryOf(options.country);
  return {
    options,
    clientId: random.uuid(),
    country,
    products: generateProducts(random, country),
    status: { status: 'OPEN' },
  };
}

/**
 * The store behind a vendor id in a path.
 *
 * Once the partner mapped a code of his own, only that code works (Partner Portal, vendor identifier settings).
 */
export function storeByPathId(state: PedidosYaState, vendorId: string): Store | undefined {
  return state.stores.find(({ options }) => (options.externalCode ?? options.id) === vendorId);
}

/** The store that an order belongs to. Throws when the world has none, which would be a bug here. */
export function storeOf(state: PedidosYaState, order: PedidosYaOrder): Store {
  const store = state.stores.find(({ options }) => options.id === order.client.store_id);
  if (store === undefined) throw new Error(`No store ${order.client.store_id} in this simulator.`);
  return store;
}

/** Keeps a new order as it is, and a changed one with a time that is later than every time it had before. */
export function saveOrder(state: PedidosYaState, order: PedidosYaOrder, by: string): PedidosYaOrder {
  const before = state.orders.get(order.order_id);
  if (before === undefined) {
    state.orders.set(order.order_id, order);
    return order;
  }
  recordEffects(state, before, order);
  const at = Math.max(state.clock.now(), Date.parse(before.sys.updated_at) + 1);
  const updated_at = new Date(at).toISOString();
  const saved = { ...order, sys: { ...order.sys, updated_at, updated_by: by } };
  state.orders.set(saved.order_id, saved);
  return saved;
}

/** Notes what is different of an order, line by line. */
function recordEffects(
  { effects, clock }: PedidosYaState,
  before: PedidosYaOrder,
  order: PedidosYaOrder,
): void {
  const record = (kind: 'status' | 'line', what: string) =>
    effects.record({ orderId: order.order_id, kind, what, at: clock.now() });
  if (order.status !== before.status) {
    const why = order.cancellation === undefined ? '' : `: ${order.cancellation.reason}`;
    record('status', `${order.status}${why}`);
  }
  const lines = new Map(before.items.map((item) => [item._id, describe(item)]));
  for (const item of order.items) {
    if (lines.get(item._id) !== describe(item)) record('line', describe(item));
    lines.delete(item._id);
  }
  for (const id of lines.keys()) record('line', `${id} gone`);
}

/** Being put into the cart changes nothing of what the buyer gets. */
function describe({ _id, sku, status, pricing }: PedidosYaOrder['items'][number]): string {
  const sold = status === 'NOT_FOUND' || status === 'REPLACED' ? status : 'sent';
  const measure = pricing.pricing_type === 'KG' ? `${pricing.weight} kg` : String(pricing.quantity);
  return `${_id} ${sku} ${sold} ${measure} at ${pricing.unit_price}`;
}

/** Announces an order's present state by webhook, if its store is told of such a status. */
export function announce(state: PedidosYaState, order: PedidosYaOrder): void {
  const { order_id, status, sys } = order;
  const bare = state.bare.get(order_id) === 'to be sent';
  const body = bare ? { order_id, status, sys: { updated_at: sys.updated_at } } : order;
  const sent = state.notifier.order(body, storeOf(state, order).options.pickingMode);
  if (!sent) return;
  // A bare status does not tell what the order is.
  if (bare) state.bare.set(order_id, 'sent');
  else state.announced.set(order_id, sys.updated_at);
}
