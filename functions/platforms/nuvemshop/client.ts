import type { Clock } from '../../runtime/clock.ts';
import type { Send } from '../calls.ts';
import { createCaller } from './client/call.ts';
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
import type { NuvemshopStoreSettings } from './settings.ts';

/** What a client of one store is made of. */
export interface NuvemshopClientOptions {
  settings: Pick<NuvemshopStoreSettings, 'storeId' | 'baseUrl' | 'userAgent'>;
  clock: Clock;
  /** Makes the calls, with token and slot. */
  send: Send;
}

/** Everything Acopio asks of Nuvemshop's API for one store, one method per endpoint. */
export type NuvemshopClient = ReturnType<typeof createNuvemshopClient>;

/**
 * Makes the client of one store. It holds no state, so making one for each piece of work costs nothing.
 *
 * Every method throws PlatformError; what its kinds ask for is in `functions/http/errors.ts`. Nothing is retried here:
 * waiting is the queue's business.
 */
export function createNuvemshopClient({ settings, clock, send }: NuvemshopClientOptions) {
  const call = createCaller(settings, send);
  const requests = createRequests(call);
  // Made when asked for: who fetches an order needs no more than the orders.
  return {
    get orders() {
      return { ...createOrderReads(call), ...createOrderWrites(call, clock) };
    },
    get fulfilmentOrders() {
      return createFulfilmentOrders(requests, clock);
    },
    get trackingEvents() {
      return createTrackingEvents(requests, clock);
    },
    get invoices() {
      return createInvoices(requests, clock);
    },
    get webhooks() {
      return createWebhooks(requests, clock);
    },
    get products() {
      return createProducts(requests, clock);
    },
    get variants() {
      return createVariants(requests, clock);
    },
    get images() {
      return createImages(requests, clock);
    },
    get categories() {
      return createCategories(requests, clock);
    },
    get stock() {
      return createStock(requests);
    },
    get locations() {
      return createLocations(requests, clock);
    },
    get customFields() {
      return createCustomFields(requests, clock);
    },
    get customers() {
      return createCustomers(requests, clock);
    },
    get store() {
      return createStore(requests);
    },
  };
}
