import type { SeededRandom } from './shared/seeded-random.ts';
import type { SimClock, Simulator, SimWorld, WebhookDisorder } from './simulator.ts';

/**
 * A platform's simulator as one value: `local/platforms/<name>/module.ts` exports it, the registry names it, and nothing
 * else that runs a simulated platform knows which one it is.
 */
export interface SimulatorModule<World extends SimWorld = SimWorld, Own extends object = object> {
  /** What people call the platform. */
  readonly title: string;
  /** Addresses of our API that a merchant types into the platform's panel. `webhook` is the one for orders. */
  readonly addresses: Readonly<Record<string, ApiAddress>>;
  /**
   * A merchant's settings of the platform with the simulators in its place.
   *
   * @param originOf where a store's simulator listens (`http://host:port`)
   */
  pointAt(settings: unknown, originOf: (storeId: string) => string): object;
  /**
   * Makes the stores; nobody listens before their simulators start. Stores that the platform serves from one host share a
   * simulator.
   *
   * @throws ZodError when the settings of a store are not this platform's.
   */
  create(options: SimulationOptions<Own>): SimulatedStore<World>[];
  /** Draws what may happen to an order after it was placed, also what the platform tells nobody of. Names of steps. */
  drawSteps(random: SeededRandom): string[];
  /** Pairs of steps of which the second has no later time than the first, where statuses keep an order's time. */
  readonly undated?: readonly (readonly [first: string, second: string])[];
  /** What `npm run platforms` needs beyond that. */
  readonly standalone: {
    port: number;
    /** How to call the simulator, a line each; the first one stands beside its address. */
    describe(store: SimulatedStore<World>): string[];
  };
}

/** An address of our API that a platform calls, or sends a browser to. */
export interface ApiAddress {
  /** The topic of the route, as our side of the platform names it. */
  topic: string;
  /** For the command line's help, after "where". */
  purpose: string;
}

/** What every simulator can be told; one that has nothing like it ignores it. */
export interface SimulationOptions<Own extends object = object> extends WebhookDisorder {
  /** The same seed gives the same stores, ids and orders. */
  seed: number | string;
  /** The settings of each store as they are configured; absent: a made-up store. */
  stores?: readonly unknown[];
  /** Default: the machine's own time. */
  clock?: SimClock;
  /** Milliseconds that each answer takes. Default 0. */
  latencyMs?: number;
  /** Factor on the time that a call waits in a platform's queue. Default 1; 0 answers at once. */
  queueDelayScale?: number;
  /** What changes an order's status leaves its time of change as it was. Default false. */
  statusKeepsUpdatedAt?: boolean;
  /** Lets a client of the API register webhooks to this machine, which a platform would refuse. Default false. */
  allowLocalWebhooks?: boolean;
  /** Options that only this platform's simulator has. They win over the others. */
  own?: Own;
}

/** What a platform tells of beside orders. */
export interface ConnectOptions {
  account?: boolean;
  installed?: boolean;
}

/** One merchant's account at a simulated platform. Stores of one platform may share a simulator. */
export interface SimulatedStore<World extends SimWorld = SimWorld> {
  /** The store as our order keys name it. */
  readonly storeId: string;
  readonly simulator: Simulator<World>;
  /** What a person would put into the secrets now, by the credential's name. */
  secrets(): Readonly<Record<string, object>>;
  /**
   * Types URLs into the platform's panel, each under the name of its address; an address that is not given stays unset.
   * By default only orders are told of. With `account`, news of the account itself (suspended, resumed) goes to the URL for
   * orders too; with `installed`, everything that the app's installation subscribes.
   */
  connect(urls: Readonly<Record<string, string>>, options?: ConnectOptions): void;
  /** Each order of this store, or the one named, as the platform's API would give it now. */
  truth(orderId?: string): StoreOrder[];
  /** Someone buys; returns the order's id. */
  place(): string;
  /**
   * Lets a step happen to an order; false when its state does not allow it.
   *
   * @throws RangeError for a step that this platform does not know.
   */
  take(orderId: string, step: string): boolean;
  /** Places an order of an ordinary day: each of its last states is pushed, or read by the next polls. */
  newOrder(random: SeededRandom): PlacedOrder;
  /** Absent when the platform pushes nothing. */
  readonly webhooks?: StoreWebhooks;
  /** Absent when the platform does not have to be polled. */
  readonly poll?: StorePoll;
  /** Puts products of these SKUs on sale, and says how the platform names them. Absent where it can't be told of stock. */
  readonly sell?: (skus: readonly string[], outletId?: string) => SoldProduct[];
  /** Puts so many products in the place of those that there are, made at these times (Unix ms). Absent where nobody asks for it. */
  readonly fillCatalogue?: (
    products: number,
    variants: number,
    createdAt: (product: number) => number,
  ) => void;
  /** What can go wrong with the account, by name. Begins it; the function returned ends it. */
  readonly troubles: Readonly<Record<string, (random: SeededRandom) => () => void>>;
}

/** A product on sale, as the platform's API names it. */
export interface SoldProduct {
  sku: string;
  productId: string;
  variantId: string;
}

/** The ground truth of one order of a store. */
export interface StoreOrder {
  orderId: string;
  /** A copy of the platform's record. */
  json: object;
  /** Whether the table must hold it in the end; a record without an id can only become a row that needs review. */
  required: boolean;
  /** Unix milliseconds at which the platform adds something to it of its own accord, and tells nobody. */
  changesAt?: number;
}

/** An order and what is still going to happen to it: names of steps, the first one first. */
export interface PlacedOrder {
  orderId: string;
  steps: string[];
}

/** A time of change that no order has. */
export const FAR_FUTURE = '2099-01-01T00:00:00.000Z';

/** How a platform tells of orders. */
export interface StoreWebhooks {
  /** A body is the whole order; else it only says that the order changed. */
  readonly carriesOrder: boolean;
  /** The order that a body tells of; undefined when it tells of none. */
  orderIdOf(body: unknown): string | undefined;
  /** Headers with which the platform sends this body; they prove where it comes from. */
  headersFor(body: string): Record<string, string>;
  /** The request to erase the buyers of orders, as the platform passes it on. Absent where it passes none on. */
  erasure?(orderIds: readonly string[]): SampleWebhook;
  /**
   * What somebody who knows the secret could say of an order: that it has a new state since {@link FAR_FUTURE}. Absent where
   * nobody could make us believe anything.
   *
   * @param final the state is one that an order never leaves
   */
  forged?(orderId: string, final: boolean): string;
  /** A webhook about the newest order, to be sent by hand; undefined before the first order. */
  sample(): SampleWebhook | undefined;
  /** Changes how webhooks are delivered while the simulator runs. */
  configure(changes: WebhookDisorder): void;
}

/** A webhook ready to be sent to the address that it names. Its body holds no apostrophe, so that a shell takes it as it is. */
export interface SampleWebhook {
  address: string;
  headers: Record<string, string>;
  body: string;
}

/** How a platform hands out orders that it does not push. */
export interface StorePoll {
  /** Orders that the next polls will read. */
  unread(): number;
  /** Ids of the orders that are marked as read, whether their answer arrived or not. */
  handedOut(): string[];
  /** Whether a call to this path reads new orders, and so marks them as read. */
  reads(path: string): boolean;
  /** The records of a page as it was handed out; undefined for a broken page. */
  recordsOf(page: Buffer): unknown[] | undefined;
}
