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
  return {
    orders: { ...createOrderReads(call), ...createOrderWrites(call, clock) },
    fulfilmentOrders: createFulfilmentOrders(requests, clock),
    trackingEvents: createTrackingEvents(requests, clock),
    invoices: createInvoices(requests, clock),
    webhooks: createWebhooks(requests, clock),
    products: createProducts(requests, clock),
    variants: createVariants(requests, clock),
    images: createImages(requests, clock),
    categories: createCategories(requests, clock),
    stock: createStock(requests),
    locations: createLocations(requests, clock),
    customFields: createCustomFields(requests, clock),
    customers: createCustomers(requests, clock),
    store: createStore(requests),
  };
}
