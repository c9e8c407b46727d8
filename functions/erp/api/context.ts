import type { CustomerKey } from '../../domain/customer.ts';
import type { ErpCustomerKey } from '../../domain/erp-customer.ts';
import type { ErpProductKey } from '../../domain/erp-product.ts';
import type { PlatformName } from '../../domain/order.ts';
import type { ProductMemory } from '../../domain/product-memory.ts';
import type { StockSettings } from '../../domain/stock/settings.ts';
import type { Acceptance, Given } from '../../outbound/commands/accept.ts';
import type { GivenCustomer } from '../../outbound/commands/accept-customer.ts';
import type { ErpAcceptance } from '../../outbound/commands/accept-erp.ts';
import type { GivenProduct, ProductAcceptance } from '../../outbound/commands/accept-product.ts';
import type { ThroughOutcome, ThroughRequest } from '../../outbound/pass-through.ts';
import type { StorePlaces } from '../../outbound/places.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Log } from '../../runtime/telemetry.ts';
import type { Acknowledgements } from '../../storage/acknowledgements.ts';
import type { CommandStore } from '../../storage/commands.ts';
import type { CustomerStore } from '../../storage/customers.ts';
import type { FeedReader } from '../../storage/feed.ts';
import type { StoreName } from '../../storage/keys.ts';
import type { OrderStore, RawStore } from '../../storage/orders.ts';
import type { ProductPrices } from '../../storage/product-prices.ts';
import type { ProductStore } from '../../storage/products.ts';
import type { CustomerIndex, OrderIndex, ProductIndex } from '../../storage/row-index.ts';
import type { StockStore } from '../../storage/stock.ts';
import type { ZeroWatch } from '../../storage/stock-zeroed.ts';

/** What the routes about stock work with. */
export interface StockContext {
  readonly settings: StockSettings;
  readonly store: StockStore;
  readonly zeros: Pick<ZeroWatch, 'admit' | 'confirm'>;
  /** Tells whoever tells the stores what the request gave them to tell. What it says may be lost. */
  sendHints(): Promise<void>;
}

/** What the first routes work with (first-routes.ts). Made once per container. */
export interface FirstContext {
  /** The merchant's stores at every platform. */
  readonly stores: readonly StoreName[];
  readonly orders: Pick<OrderStore, 'get'>;
  readonly raws: Pick<RawStore, 'get'>;
  readonly index: Pick<OrderIndex, 'changes'>;
  readonly acknowledgements: Acknowledgements;
  readonly feed: FeedReader;
  readonly commands: Pick<CommandStore, 'ofOrder'>;
  /** How many circuits of a platform's stores are open. */
  openCircuits(platform: PlatformName): Promise<number>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What all routes work with. */
export interface ApiContext extends FirstContext {
  readonly products: Pick<ProductStore, 'get'>;
  readonly productIndex: Pick<ProductIndex, 'changes'>;
  readonly customers: Pick<CustomerStore, 'get'>;
  readonly customerIndex: Pick<CustomerIndex, 'changes'>;
  readonly commands: Pick<CommandStore, 'find' | 'list' | 'ofOrder' | 'latest'>;
  /** Keeps a command, unless it is known that it cannot be carried out. */
  accept(given: Given): Promise<Acceptance>;
  /** The platform's customer that one of the merchant's own system is; undefined while there is none. */
  linkedCustomer(key: ErpCustomerKey): Promise<CustomerKey | undefined>;
  /** Keeps what a customer of the merchant's system is to be at a store. */
  writeCustomer(given: GivenCustomer): Promise<ErpAcceptance>;
  /** Keeps what a product of the merchant's system is to be at a store, unless it is so already. */
  writeProduct(given: GivenProduct): Promise<ProductAcceptance>;
  /** What was brought about of a product of the merchant's system. */
  writtenProduct(key: ErpProductKey): Promise<ProductMemory>;
  /** Which of its prices were handed on, hashed; `set` says so. */
  readonly productPrices: ProductPrices;
  /** Has a platform's call made for one of the merchant's stores. */
  through(store: StoreName, request: ThroughRequest): Promise<ThroughOutcome>;
  /** Categories and locations, read and written at the platform while the caller waits. */
  places(): Promise<StorePlaces>;
  /** Of merchants whose configuration has stock. */
  readonly stock?: StockContext;
  /** The OpenAPI document of the API. */
  openApi(): Promise<object>;
}
