import type { OrderKey, OrderRow } from '../domain/order-row.ts';
import { type Account, openConnection, type StoreConnection } from '../platforms/connection.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import type { Store } from '../platforms/store.ts';
import type { Queue } from '../runtime/queue.ts';
import { type CustomerStore, createCustomerStore } from '../storage/customers.ts';
import { getLateOrders } from '../storage/order-batches.ts';
import { createPendingFetches, type PendingFetches } from '../storage/pending-fetches.ts';
import { createProductStore, type ProductStore } from '../storage/products.ts';
import {
  type CustomerIndex,
  createCustomerIndex,
  createOrderIndex,
  createProductIndex,
  type OrderIndex,
  type ProductIndex,
} from '../storage/row-index.ts';
import { type OrderWriter, type WriterOptions, writerFor } from './order-writer.ts';

/** One store of one platform, with everything that its orders, products and customers are worked on with. Made once per container. */
export interface StoreContext<S = unknown, Api = unknown> extends OrderWriter {
  orderIndex: OrderIndex;
  /**
   * Rows by the ids of their orders, as they stood a moment ago: at half the price, and with few calls. What is not among them
   * may be in the table nevertheless.
   */
  lateOrders(keys: readonly OrderKey[]): Promise<Map<string, OrderRow>>;
  products: ProductStore;
  productIndex: ProductIndex;
  customers: CustomerStore;
  customerIndex: CustomerIndex;
  platform: IntakePlatform<unknown, S, Api>;
  store: Store<S>;
  connection: StoreConnection<Api>;
  pending: PendingFetches;
  /** The platform's intake queue. */
  queue: Queue;
}

export interface StoreContextOptions extends WriterOptions {
  account: Account;
  queue: Queue;
}

/** Opens a store; calls nobody. */
export function openStore(
  platform: IntakePlatform,
  store: Store,
  options: StoreContextOptions,
): StoreContext {
  const { account, queue } = options;
  const { dynamo, clock } = account;
  const item = { client: dynamo, table: account.controlTable, clock };
  return {
    ...writerFor(platform, options),
    orderIndex: createOrderIndex(dynamo, options.ordersTable),
    lateOrders: (keys) => getLateOrders(dynamo, options.ordersTable, keys),
    products: createProductStore(dynamo, options.ordersTable),
    productIndex: createProductIndex(dynamo, options.ordersTable),
    customers: createCustomerStore(dynamo, options.ordersTable),
    customerIndex: createCustomerIndex(dynamo, options.ordersTable),
    platform,
    store,
    connection: openConnection(platform, store, account),
    pending: createPendingFetches({ ...item, platform: platform.name, storeId: store.id }),
    queue,
  };
}
