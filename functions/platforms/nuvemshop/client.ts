import { createCaller, type NuvemshopClientOptions } from './client/call.ts';
import { createCategories } from './client/categories.ts';
import { createCustomFields } from './client/custom-fields.ts';
import { createCustomers } from './client/customers.ts';
import { createFulfilmentOrders } from './client/fulfilment-orders.ts';
import { createImages } from './client/images.ts';
import { createInvoices } from './client/invoices.ts';
import { createLocations } from './client/locations.ts';
import { createOrders } from './client/orders.ts';
import { createProducts } from './client/products.ts';
import { createRequests } from './client/requests.ts';
import { createStock } from './client/stock.ts';
import { createStore } from './client/store.ts';
import { createTrackingEvents } from './client/tracking-events.ts';
import { createVariants } from './client/variants.ts';
import { createWebhooks } from './client/webhooks.ts';

export type { NuvemshopClientOptions } from './client/call.ts';

/** Everything Acopio asks of Nuvemshop's API for one store, one method per endpoint. */
export type NuvemshopClient = ReturnType<typeof createNuvemshopClient>;

/**
 * Makes the client of one store. It holds no state, so making one per delivery, with its correlation id, costs nothing.
 *
 * Every method throws PlatformError; what its kinds ask for is in `functions/http/errors.ts`. Nothing is retried here but
 * a call refused for its token, once, with the token read again: waiting is the queue's business.
 */
export function createNuvemshopClient(options: NuvemshopClientOptions) {
  const call = createCaller(options);
  const requests = createRequests(call);
  const { clock } = options;
  return {
    orders: createOrders(call, clock),
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
