import { createCaller } from './client/call.ts';
import { createCustomers } from './client/customers.ts';
import { createFulfilmentOrders, createTrackingEvents } from './client/fulfilment.ts';
import { createCategories, createImages } from './client/images-and-categories.ts';
import { createInvoices } from './client/invoices.ts';
import { createLocations } from './client/locations.ts';
import { createOrderWrites } from './client/order-writes.ts';
import { createProducts } from './client/products.ts';
import { createRequests } from './client/requests.ts';
import { createStock } from './client/stock.ts';
import { createCustomFields, createVariants } from './client/variants.ts';
import { createWebhooks } from './client/webhooks.ts';
import { createNuvemshopReads, type NuvemshopClientOptions } from './reads.ts';

/** Everything Acopio asks of Nuvemshop's API for one store, one method per endpoint. */
export type NuvemshopClient = ReturnType<typeof createNuvemshopClient>;

/**
 * Makes the client of one store. It holds no state, so making one for each piece of work costs nothing.
 *
 * Every method throws PlatformError; what its kinds ask for is in `functions/http/errors.ts`. Nothing is retried here:
 * waiting is the queue's business.
 */
export function createNuvemshopClient(options: NuvemshopClientOptions) {
  const { settings, clock, send } = options;
  const call = createCaller(settings, send);
  const reads = createNuvemshopReads(options);
  // Made when asked for: who fetches an order needs nothing that changes one.
  return {
    /** A call as it is passed on for whoever asks for it. */
    through: call,
    get orders() {
      return reads.orders;
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
      return reads.catalogue;
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
      return reads.customerReads;
    },
    get store() {
      return reads.store;
    },
  };
}
