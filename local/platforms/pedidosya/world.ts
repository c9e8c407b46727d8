import type { SeededRandom } from '../shared/seeded-random.ts';
import { select } from '../shared/simulated-store.ts';
import type { OrderTruth, SimWorld } from '../simulator.ts';
import type { Credentials } from './access/credentials.ts';
import type { Job } from './catalogue/jobs.ts';
import type { WebhookPurpose } from './notifier.ts';
import type { StoreOptions, WebhookTarget } from './options.ts';
import { changeOrder, type OrderChange } from './orders/change.ts';
import { generateOrder, type OrderWishes } from './orders/generator.ts';
import { ORDER_ODDITIES, type OrderOddity, withOddity } from './orders/odd-orders.ts';
import type { OrderCancellation, OrderStatus, PedidosYaOrder } from './orders/order.ts';
import type { Promotion } from './request-schemas.ts';
import { announce, type PedidosYaState, type Store, saveOrder, storeOf } from './state.ts';

/** The ground truth of one order, and whether a webhook has told of it. Its `storeId` is the chain. */
export interface PedidosYaTruth extends OrderTruth {
  /** The platform's code of the store that sold it. */
  outletId: string;
  json: PedidosYaOrder;
  /** False when the present state was never sent: cart updates, and most of what pelican stores do. */
  announced: boolean;
  /** Its first webhook holds, or held, nothing but the status. */
  bareFirst: boolean;
}

/** What else a caller may fix about a new order; without wishes it is drawn where the simulator makes odd orders. */
export interface PlaceWishes {
  storeId?: string;
  oddities?: readonly OrderOddity[];
  /** The first webhook holds nothing but the status. */
  bareFirst?: boolean;
}

/** Odd orders of the simulator, and first webhooks that are bare, as shares of all. */
const ODD_SHARE = 0.4;
const BARE_SHARE = 0.15;

/** What a test can do to the simulated PedidosYa. Orders come back as copies; ids are `order_id`. */
export interface PedidosYaWorld extends SimWorld {
  readonly chainId: string;
  readonly stores: readonly StoreOptions[];
  readonly credentials: Credentials;
  /** A customer orders, and has paid: this platform knows no unpaid order. */
  place(wishes?: OrderWishes & PlaceWishes): PedidosYaOrder;
  /** Customer or support change the order; its status stays. */
  change(orderId: string, change?: OrderChange): PedidosYaOrder;
  /** The goods are picked: READY_FOR_PICKUP. */
  prepare(orderId: string): PedidosYaOrder;
  /** The goods leave: DISPATCHED, or PICKED_UP without a webhook in a pelican store. */
  dispatch(orderId: string): PedidosYaOrder;
  deliver(orderId: string): PedidosYaOrder;
  /** The next step of the order's life; a delivered or cancelled order stays as it is. */
  advance(orderId: string): PedidosYaOrder;
  cancel(orderId: string, cancellation?: Partial<OrderCancellation>): PedidosYaOrder;
  /** Sends the present state once more, as the platform sometimes does. */
  resend(orderId: string): void;
  order(orderId: string): PedidosYaOrder;
  truth(orderId?: string): PedidosYaTruth[];
  /** What a store sells: price and whether customers can buy it. */
  product(
    storeId: string,
    sku: string,
  ): { price: number; active: boolean; maximum: number | null } | undefined;
  /** A product comes into the store's assortment, on sale; nobody is told. */
  enlist(storeId: string, sku: string): void;
  /** A product leaves the store's assortment; nobody is told. */
  delist(storeId: string, sku: string): void;
  promotions(): Promotion[];
  setWebhook(purpose: WebhookPurpose, target: WebhookTarget | undefined): void;
  /** Changes the disorder of webhooks while it runs. */
  configureWebhooks: PedidosYaState['notifier']['deliverer']['configure'];
  /** Lets the next job of a kind end as FAILED. */
  failNextJob(kind: Job['kind']): void;
  /** Resolves when no webhook is in the air; waits for retries do not count. */
  quiet(): Promise<void>;
}

const FINAL: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['DELIVERED', 'CANCELLED']);

/** Makes the world over a state. Its methods throw an Error for an unknown order or an impossible step. */
export function createWorld(state: PedidosYaState): PedidosYaWorld {
  const known = (orderId: string): PedidosYaOrder => {
    const order = state.orders.get(orderId);
    if (order === undefined) throw new Error(`No order ${orderId} in the simulated PedidosYa.`);
    return order;
  };
  const store = (storeId: string): Store => {
    const found = state.stores.find(({ options }) => options.id === storeId);
    if (found === undefined) throw new Error(`No store ${storeId} in the simulated PedidosYa.`);
    return found;
  };
  const save = (order: PedidosYaOrder, by: string): PedidosYaOrder => {
    const saved = saveOrder(state, order, by);
    announce(state, saved);
    return structuredClone(saved);
  };
  const step = (orderId: string, status: OrderStatus, from: readonly OrderStatus[]): PedidosYaOrder => {
    const order = known(orderId);
    if (!from.includes(order.status)) {
      throw new Error(`Order ${orderId} is ${order.status}: it cannot become ${status}.`);
    }
    return save({ ...order, status }, 'system');
  };
  const isPelican = (orderId: string) => storeOf(state, known(orderId)).options.pickingMode === 'pelican';

  const world: PedidosYaWorld = {
    chainId: state.chainId,
    stores: state.stores.map(({ options }) => options),
    credentials: state.credentials,
    place({ storeId, oddities, bareFirst, ...wishes } = {}) {
      const where = storeId === undefined ? state.random.pick(state.stores) : store(storeId);
      const { oddRandom } = state;
      const odd = state.options.oddOrders === true;
      const plain = generateOrder(where, state.chainId, state.random, state.clock.now(), wishes);
      const drawn = odd && oddRandom.chance(ODD_SHARE) ? drawOddities(oddRandom) : [];
      const order = (oddities ?? drawn).reduce(
        (made, oddity) => withOddity(made, oddity, oddRandom, where.country),
        plain,
      );
      if (bareFirst ?? (odd && oddRandom.chance(BARE_SHARE))) state.bare.set(order.order_id, 'to be sent');
      return save(order, 'system');
    },
    change(orderId, change) {
      const order = known(orderId);
      if (FINAL.has(order.status)) throw new Error(`Order ${orderId} is ${order.status}: it cannot change.`);
      return save(changeOrder(order, storeOf(state, order), state.random, change), 'support');
    },
    prepare: (orderId) => step(orderId, 'READY_FOR_PICKUP', ['RECEIVED']),
    dispatch: (orderId) =>
      step(orderId, isPelican(orderId) ? 'PICKED_UP' : 'DISPATCHED', ['RECEIVED', 'READY_FOR_PICKUP']),
    deliver: (orderId) => step(orderId, 'DELIVERED', ['READY_FOR_PICKUP', 'PICKED_UP', 'DISPATCHED']),
    advance(orderId) {
      const order = known(orderId);
      switch (order.status) {
        case 'RECEIVED':
          return order.transport_type === 'VENDOR_DELIVERY'
            ? world.dispatch(orderId)
            : world.prepare(orderId);
        case 'READY_FOR_PICKUP':
          return world.dispatch(orderId);
        case 'PICKED_UP':
        case 'DISPATCHED':
          return world.deliver(orderId);
        default:
          return structuredClone(order);
      }
    },
    cancel(orderId, cancellation = {}) {
      const order = known(orderId);
      if (FINAL.has(order.status))
        throw new Error(`Order ${orderId} is ${order.status}: it cannot be cancelled.`);
      const pickedUp = order.status === 'PICKED_UP' || order.status === 'DISPATCHED';
      const why = { cancelled_by: 'CUSTOMER', reason: 'CUSTOMER_REQUEST', post_picked_up: pickedUp } as const;
      return save({ ...order, status: 'CANCELLED', cancellation: { ...why, ...cancellation } }, 'system');
    },
    resend: (orderId) => announce(state, known(orderId)),
    order: (orderId) => structuredClone(known(orderId)),
    truth: (orderId) =>
      select(state.orders, orderId).map((order) => ({
        storeId: state.chainId,
        outletId: order.client.store_id,
        orderId: order.order_id,
        json: structuredClone(order),
        announced: state.announced.get(order.order_id) === order.sys.updated_at,
        bareFirst: state.bare.has(order.order_id),
      })),
    effects: (orderId) => state.effects.of(orderId),
    product(storeId, sku) {
      const product = store(storeId).products.get(sku);
      if (product === undefined) return undefined;
      return {
        price: product.price,
        active: product.switchedOn && product.enoughStock,
        maximum: product.maximum,
      };
    },
    enlist(storeId, sku) {
      const { products } = store(storeId);
      const [like] = products.values();
      if (like !== undefined) products.set(sku, { ...like, sku, barcodes: [], maximum: null });
    },
    delist: (storeId, sku) => void store(storeId).products.delete(sku),
    promotions: () => structuredClone([...state.promotions.values()]),
    setWebhook: (purpose, target) => state.notifier.target(purpose, target),
    configureWebhooks: (changes) => state.notifier.deliverer.configure(changes),
    failNextJob: (kind) => state.jobs.failNext(kind),
    quiet: () => state.notifier.deliverer.quiet(),
    deliveries: () => state.notifier.deliverer.log,
    pendingDeliveries: () => state.notifier.deliverer.pending(),
    async settled() {
      // A job that ends sends a webhook.
      await state.jobs.idle();
      await state.notifier.deliverer.settled();
    },
  };
  return world;
}

/** One or two of them; a large order is rare. */
function drawOddities(random: SeededRandom): OrderOddity[] {
  const usual = ORDER_ODDITIES.filter((oddity) => oddity !== 'large');
  const some = Array.from({ length: random.int(1, 2) }, () => random.pick(usual));
  return random.chance(0.03) ? ['large'] : [...new Set(some)];
}
