import { INSTALL_ROUTES, ROUTES } from '../support/routes.ts';
import type { Asked } from './guide.ts';

const asked = (what: string, endpoint: string, methods: readonly string[], wrong?: string): Asked => ({
  platform: 'nuvemshop',
  what,
  endpoint,
  by: { methods },
  ...(wrong === undefined ? {} : { wrong }),
});
const serves = (what: string, endpoint: string, route: string, install = false): Asked => ({
  platform: 'nuvemshop',
  what,
  endpoint,
  by: { route, function: install ? 'nuvemshop-install' : 'nuvemshop-receive' },
});
const passedOn = (what: string, endpoint: string, operation: string, wrong?: string): Asked => ({
  platform: 'nuvemshop',
  what,
  endpoint,
  by: { passedOn: operation },
  ...(wrong === undefined ? {} : { wrong }),
});
const leftOut = (what: string, endpoint: string, reason: string): Asked => ({
  platform: 'nuvemshop',
  what,
  endpoint,
  by: { leftOut: reason },
});

const ON_VARIANT = 'Price and stock of a product are ignored there: they belong to its variants.';

/** Everything the ERP integration guide asks for, in its order. */
export const NUVEMSHOP_GUIDE: readonly Asked[] = [
  serves('Begin an installation', 'app link', INSTALL_ROUTES.nuvemshopStart, true),
  asked('Ask the merchant for permission', 'GET /apps/{app_id}/authorize', ['oauth.authorizeLink']),
  serves('Take the merchant back with a code', 'redirect URL', INSTALL_ROUTES.nuvemshopCallback, true),
  asked(
    'Exchange the code for a token',
    'POST /apps/authorize/token',
    ['oauth.exchangeCode'],
    'The host differs from the reference (www.tiendanube.com), so it is configuration; the store id comes as a text.',
  ),
  asked(
    'Create a location',
    'POST /locations',
    ['locations.create'],
    'The property allows_pickup was removed from the platform.',
  ),
  asked('Update a location', 'PUT /locations/{id}', ['locations.update'], 'allows_pickup, as above.'),
  asked('List locations', 'GET /locations', ['locations.list']),
  asked('Order locations by priority', 'PATCH /locations/priorities', ['locations.setPriorities']),
  asked('Make a location the default', 'PATCH /locations/{id}/chosen-as-default', ['locations.makeDefault']),
  asked('Create a category', 'POST /categories', ['categories.create'], 'The path lacks the store id.'),
  asked(
    'Create a subcategory',
    'POST /categories (parent)',
    ['categories.create'],
    'The path lacks the store id.',
  ),
  passedOn('Update a category', 'PUT /categories/{id}', 'categories.update', 'The path lacks the store id.'),
  asked('Create a product', 'POST /products', ['products.create'], ON_VARIANT),
  asked('List products', 'GET /products', ['catalogue.listWithin']),
  asked(
    'Update price and stock of a product',
    'PUT /products/{id}',
    ['products.update', 'stock.push'],
    ON_VARIANT,
  ),
  asked('Update a variant', 'PUT /products/{id}/variants/{variant_id}', ['variants.update']),
  asked('Add an image', 'POST /products/{id}/images', ['images.add']),
  passedOn('Delete a product', 'DELETE /products/{id}', 'products.delete'),
  asked(
    'Create a variant',
    'POST /products/{id}/variants',
    ['variants.create'],
    'Options go as values by language, not as attributes with name and value.',
  ),
  passedOn('List variants', 'GET /products/{id}/variants', 'variants.list'),
  asked('Read a variant', 'GET /products/{id}/variants/{variant_id}', ['stock.count']),
  asked(
    'Delete a variant',
    'DELETE /products/variants/custom-fields/{id}',
    ['variants.delete'],
    'The path shown deletes the definition of a custom field; a variant is deleted at its own path.',
  ),
  asked(
    'List custom fields of variants',
    'GET /products/variants/custom-fields',
    ['customFields.list'],
    'It lists the definitions, not the values of one variant.',
  ),
  asked('Create a custom field', 'POST /products/variants/custom-fields', ['customFields.create']),
  asked(
    'Set a custom field',
    'PUT /products/variants/custom-fields/{id}',
    ['customFields.update', 'customFields.setValues'],
    'It changes the definition (values, not value); the value of a variant has a path of its own.',
  ),
  passedOn(
    'Delete a custom field',
    'DELETE /products/variants/custom-fields/{id}/variants/...',
    'customFields.delete',
    'The path is two paths run together.',
  ),
  asked(
    'Subscribe to an event',
    'POST /webhooks',
    ['webhooks.subscribe'],
    'A webhook has no property headers.',
  ),
  asked('List webhooks', 'GET /webhooks', ['webhooks.compare']),
  leftOut(
    'Change a webhook',
    'PUT /webhooks/{id}',
    'The wanted subscription is made first and the surplus one deleted after it, so that none is ever missing.',
  ),
  asked('Delete a webhook', 'DELETE /webhooks/{id}', ['webhooks.subscribe']),
  {
    ...serves('Receive an event', 'POST to the webhook’s url', ROUTES.nuvemshopEvents),
    wrong: 'Any 2xx will do, but within 3 s; the signature is not mentioned.',
  },
  asked(
    'List orders',
    'GET /orders',
    ['orders.list', 'orders.listWithin'],
    'Paged by 30 even where nobody asks for it.',
  ),
  asked('Read an order', 'GET /orders/{id}', ['orders.get']),
  asked(
    'Update an order',
    'PUT /orders/{id}',
    ['orderWrites.update', 'orderWrites.close', 'orderWrites.open'],
    'There is no status "paid", and no call that pays an order: the command pay refuses with the reason.',
  ),
  asked(
    'Cancel an order',
    'POST /orders/{id}/cancel',
    ['orderWrites.cancel'],
    'Without a body it mails the buyer and puts the goods back: both are always said.',
  ),
  passedOn('Create an order', 'POST /orders', 'orderWrites.create', 'It takes no stock unless told to.'),
  leftOut('Delete an order', 'DELETE /orders/{id}', 'Does not exist: cancelling is the nearest.'),
  asked('List fulfilment orders', 'GET /orders/{id}/fulfillment-orders', ['fulfilmentOrders.list']),
  leftOut(
    'Read a fulfilment order',
    'GET /orders/{id}/fulfillment-orders/{id}',
    'The list has each of them in full.',
  ),
  asked(
    'Mark an order as sent',
    'in words only',
    ['fulfilmentOrders.patch'],
    'PATCH of the fulfilment order; the old POST /fulfill is deprecated.',
  ),
  asked(
    'Add a tracking event',
    'POST .../tracking-events',
    ['trackingEvents.create'],
    'The fulfilment order must have been dispatched before.',
  ),
  leftOut(
    'Change a tracking event',
    'PUT .../tracking-events/{id}',
    'What happened stays: a later event says what is so now.',
  ),
  leftOut(
    'Delete a tracking event',
    'DELETE .../tracking-events/{id}',
    'What happened stays: a later event says what is so now.',
  ),
  asked(
    'Add an invoice to an order',
    'POST /metafields',
    ['invoices.find', 'invoices.create', 'invoices.replace'],
    'There are no fields access_key and url; the list is read first, because another app’s entry may be in it.',
  ),
  asked('Take over the customers there are', 'in words only', [
    'customers.list',
    'customers.get',
    'customerReads.listWithin',
    'customerReads.get',
  ]),
  asked('Create and update customers', 'in words only', ['customers.create', 'customers.update']),
  serves('Erase a store (required, not in the guide)', 'POST store/redact', ROUTES.nuvemshopStoreRedact),
  serves(
    'Erase a customer (required, not in the guide)',
    'POST customers/redact',
    ROUTES.nuvemshopCustomersRedact,
  ),
  serves(
    'Report on a customer (required, not in the guide)',
    'POST customers/data_request',
    ROUTES.nuvemshopCustomersDataRequest,
  ),
  leftOut(
    'Pack and fulfil the old way',
    'POST /orders/{id}/pack, /fulfill, /fulfillments',
    'Deprecated: acts on the first fulfilment order only.',
  ),
  leftOut('Edit the lines of an order', 'POST /orders/{id}/edit', 'In the unstable version only.'),
  leftOut('Record a payment', 'GET, POST /orders/{id}/transactions', 'For payment apps.'),
  leftOut('Labels', '/fulfillment-orders/labels', 'Unstable, and not on every plan.'),
  leftOut(
    'Custom fields of orders',
    '/orders/custom-fields',
    'Their values come with the order (aggregates=custom_fields); nobody defines them here.',
  ),
];
