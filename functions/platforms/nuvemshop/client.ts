import type { Clock } from '../../runtime/clock.ts';
import type { Send } from '../calls.ts';
import { createCaller } from './client/call.ts';
import { createCatalogueReads, type StoreFacts } from './client/catalogue-reads.ts';
import { createCustomers } from './client/customers.ts';
import { createFulfilmentOrders, createTrackingEvents } from './client/fulfilment.ts';
import { createCategories, createImages } from './client/images-and-categories.ts';
import { createInvoices } from './client/invoices.ts';
import { createLocations } from './client/locations.ts';
import { createOrderReads } from './client/order-reads.ts';
import { createOrderWrites } from './client/order-writes.ts';
import { createProducts } from './client/products.ts';
import { createRequests } from './client/requests.ts';
import { createStock } from './client/stock.ts';
import { createCustomFields, createVariants } from './client/variants.ts';
import { createStore, createWebhooks } from './client/webhooks.ts';
import { createWholeReads } from './client/whole-reads.ts';
import { customerFields } from './customer.ts';
import type { NuvemshopStoreSettings } from './settings.ts';

/** What a client of one store is made of. */
export interface NuvemshopClientOptions {
  settings: Pick<NuvemshopStoreSettings, 'storeId' | 'baseUrl' | 'userAgent'> &
    Partial<Pick<NuvemshopStoreSettings, 'catalogue' | 'customers'>>;
  clock: Clock;
  /** Makes the calls, with token and slot. */
  send: Send;
  /** What was learnt of the store before. */
  facts?: StoreFacts;
}

/** Everything Acopio asks of Nuvemshop's API for one store, one method per endpoint. */
export type NuvemshopClient = ReturnType<typeof createNuvemshopClient>;

/**
 * Makes the client of one store. It holds no state, so making one for each piece of work costs nothing.
 *
 * Every method throws PlatformError; what its kinds ask for is in `functions/http/errors.ts`. Nothing is retried here:
 * waiting is the queue's business.
 */
export function createNuvemshopClient({ settings, clock, send, facts = {} }: NuvemshopClientOptions) {
  const call = createCaller(settings, send);
  // Made when asked for: who fetches an order needs nothing that changes one.
  return {
    /** A call as it is passed on for whoever asks for it. */
    through: call,
    get orders() {
      return createOrderReads(call);
    },
    get orderWrites() {
      return createOrderWrites(call);
    },
    get fulfilmentOrders() {
      return createFulfilmentOrders(createRequests(call));
    },
    get trackingEvents() {
      return createTrackingEvents(createRequests(call));
    },
    /** Whether products are mirrored, and so have to be subscribed to. */
    mirrorsProducts: settings.catalogue ?? true,
    /** The same of customers. */
    mirrorsCustomers: settings.customers ?? false,
    get catalogue() {
      return createCatalogueReads(call, createRequests(call), clock, facts);
    },
    get invoices() {
      return createInvoices(createRequests(call));
    },
    get webhooks() {
      return createWebhooks(createRequests(call), clock);
    },
    get products() {
      return createProducts(createRequests(call), clock);
    },
    get variants() {
      return createVariants(createRequests(call), clock);
    },
    get images() {
      return createImages(createRequests(call));
    },
    get categories() {
      return createCategories(createRequests(call));
    },
    get stock() {
      return createStock(createRequests(call));
    },
    get locations() {
      return createLocations(createRequests(call));
    },
    get customFields() {
      return createCustomFields(createRequests(call), clock);
    },
    get customers() {
      return createCustomers(createRequests(call), clock);
    },
    /** Whole customers, as they are mirrored. */
    get customerReads() {
      const things = { name: 'customers', fields: customerFields(), setting: 'customers' } as const;
      return createWholeReads(call, things);
    },
    get store() {
      return createStore(createRequests(call));
    },
  };
}
