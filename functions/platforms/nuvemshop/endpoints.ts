import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { HttpMethod } from '../../http/transport.ts';
import type { Endpoint, KeptEndpoint, PassedEndpoint, StoreFacts } from '../pass-through.ts';

type Passed = Omit<PassedEndpoint, 'operation' | 'method' | 'path' | 'through' | 'reachedBy'> &
  Partial<Pick<PassedEndpoint, 'reachedBy'>>;

const read = (operation: string, path: string, more: Passed = {}): PassedEndpoint => ({
  operation,
  method: 'GET',
  path,
  through: 'read',
  reachedBy: [],
  ...more,
});
const write = (operation: string, method: HttpMethod, path: string, more: Passed = {}): PassedEndpoint => ({
  operation,
  method,
  path,
  through: 'write',
  reachedBy: [],
  ...more,
});
const never = (
  operation: string,
  method: HttpMethod,
  path: string,
  reason: string,
  ...reachedBy: KeptEndpoint['reachedBy']
): KeptEndpoint => ({ operation, method, path, through: 'never', reason, reachedBy });

const ORDERS = { persons: ['orders:personal'] } as const;
const CUSTOMERS = { persons: ['customers:personal'] } as const;
const ANYBODY = { persons: ['orders:personal', 'customers:personal'] } as const;

const BY_COMMAND = (names: string) =>
  `A command has this effect once and says how it ended. Give the command ${names} with POST /v1/commands.`;
const OLD_WAY =
  'Nuvemshop deprecated it: it acts on the first fulfilment order only. Give the command ready or dispatch with POST /v1/commands.';
const SUBSCRIPTIONS =
  'Subscriptions belong to the installation, which repairs them: a changed one loses events in silence. Run the operator\'s command "connect".';
const STOCK =
  'Stock and prices have one sender, or one number undoes the sale that another one knows of. Send them with PUT /v1/stock and PUT /v1/prices.';
const WRITES_CUSTOMERS = 'route PUT /v1/customers/{externalId}';
const WRITES_PRODUCTS = [
  'route PUT /v1/products/{externalId}',
  'operator products push',
  'operator products import',
] as const;
const MAKES_PRODUCTS =
  'A second call makes a second one, and a new variant without a number is sold without end. Send the product with PUT /v1/products/{externalId}, which looks first.';
const STOCK_ROUTES = ['route PUT /v1/stock', 'route PUT /v1/prices'] as const;
const ON_DISPATCH = 'command dispatch';
const LOCATIONS =
  'A second call makes a second location. Say what it is to be with PUT /v1/locations/{id}, which looks first.';
const PRIORITIES =
  'Say which location goes first with PUT /v1/locations/priorities: it names them all to the platform.';
const LISTS_LOCATIONS = ['route GET /v1/locations', 'operator locations list'] as const;
const WRITES_LOCATIONS = [
  'route PUT /v1/locations/{id}',
  'operator locations create',
  'operator locations update',
] as const;
const ORDERS_LOCATIONS = ['route PUT /v1/locations/priorities', 'operator locations priorities'] as const;

const no = () => z.never().optional();
const unstocked = lazily(() => z.looseObject({ stock: no(), inventory_levels: no() }));
const unpriced = lazily(() => z.looseObject({ price: no(), promotional_price: no(), cost: no() }));
/** Of a body that changes variants there are: what has another sender is left out. */
const withoutTold = (body: unknown, { tellsPrices }: StoreFacts): string | undefined => {
  const are = (one: z.ZodType) => (Array.isArray(body) ? z.array(one) : one).safeParse(body).success;
  if (!are(unstocked())) return `${STOCK} Leave stock and inventory_levels out.`;
  return tellsPrices && !are(unpriced())
    ? `${STOCK} Leave price, promotional_price and cost out.`
    : undefined;
};

const created = lazily(() => z.looseObject({ inventory_behaviour: z.enum(['claim', 'bypass']) }));
const tellsInventory = (body: unknown): string | undefined =>
  created().safeParse(body).success
    ? undefined
    : 'Say inventory_behaviour ("claim" or "bypass"): without it Nuvemshop creates the order and takes no stock.';

/** Whether Nuvemshop tells capital letters apart is not documented. */
const invoiceField = lazily(() => z.looseObject({ namespace: z.string().regex(/^\s*nfe\s*$/i) }));
const noInvoice = (body: unknown): string | undefined =>
  (Array.isArray(body) ? body : [body]).some((one) => invoiceField().safeParse(one).success)
    ? `The list of invoices is shared with other apps. ${BY_COMMAND('invoice')}`
    : undefined;

const TRACKING = '/orders/{id}/fulfillment-orders/{fulfillment_id}/tracking-events';
const VARIANT = '/products/{id}/variants/{variant_id}';
/** A variant's fields are at a path that names no product (Nuvemshop reference, variant custom fields page). */
const VARIANT_FIELDS = '/products/variants/{variant_id}/custom-fields';
const DEFINITIONS = '/products/variants/custom-fields';

const orders: readonly Endpoint[] = [
  read('orders.list', '/orders', { ...ORDERS, reachedBy: ['schedule'] }),
  read('orders.get', '/orders/{id}', { ...ORDERS, reachedBy: ['event', 'schedule'] }),
  read('orders.valueHistory', '/orders/{id}/history/values', ORDERS),
  read('orders.editionHistory', '/orders/{id}/history/editions', ORDERS),
  read('orders.subscriptions', '/orders/{id}/subscriptions', ORDERS),
  read('transactions.list', '/orders/{id}/transactions', ORDERS),
  write('orderWrites.create', 'POST', '/orders', { ...ORDERS, refusal: tellsInventory }),
  never('orderWrites.update', 'PUT', '/orders/{id}', BY_COMMAND('note, close or reopen'), 'command note'),
  never('orderWrites.close', 'POST', '/orders/{id}/close', BY_COMMAND('close'), 'command close'),
  never('orderWrites.open', 'POST', '/orders/{id}/open', BY_COMMAND('reopen'), 'command reopen'),
  never('orderWrites.cancel', 'POST', '/orders/{id}/cancel', BY_COMMAND('cancel'), 'command cancel'),
  never(
    'transactions.create',
    'POST',
    '/orders/{id}/transactions',
    'Nuvemshop lets payment apps alone record a payment. Mark the order as paid in the panel.',
  ),
  never('orders.pack', 'POST', '/orders/{id}/pack', OLD_WAY),
  never('orders.fulfil', 'POST', '/orders/{id}/fulfill', OLD_WAY),
  read('orderFields.list', '/orders/custom-fields'),
  read('orderFields.get', '/orders/custom-fields/{field_id}'),
  write('orderFields.create', 'POST', '/orders/custom-fields'),
  write('orderFields.update', 'PUT', '/orders/custom-fields/{field_id}'),
  write('orderFields.delete', 'DELETE', '/orders/custom-fields/{field_id}'),
  read('orderFields.valuesOf', '/orders/{id}/custom-fields', ORDERS),
  write('orderFields.setValues', 'PUT', '/orders/{id}/custom-fields/values', ORDERS),
];

const fulfilment: readonly Endpoint[] = [
  read('fulfilmentOrders.list', '/orders/{id}/fulfillment-orders', { ...ORDERS, reachedBy: [ON_DISPATCH] }),
  read('fulfilmentOrders.get', '/orders/{id}/fulfillment-orders/{fulfillment_id}', ORDERS),
  never(
    'fulfilmentOrders.patch',
    'PATCH',
    '/orders/{id}/fulfillment-orders/{fulfillment_id}',
    BY_COMMAND('ready or dispatch'),
    'command ready',
    ON_DISPATCH,
  ),
  never(
    'fulfilmentOrders.delete',
    'DELETE',
    '/orders/{id}/fulfillment-orders/{fulfillment_id}',
    'The claims of its lines would stay open. Cancel the order with the command cancel, or do it in the panel.',
  ),
  read('trackingEvents.list', TRACKING, { ...ORDERS, reachedBy: ['command track'] }),
  read('trackingEvents.get', `${TRACKING}/{event_id}`, ORDERS),
  never(
    'trackingEvents.create',
    'POST',
    TRACKING,
    BY_COMMAND('track or deliver'),
    'command track',
    'command deliver',
  ),
  write('trackingEvents.update', 'PUT', `${TRACKING}/{event_id}`, ORDERS),
  write('trackingEvents.delete', 'DELETE', `${TRACKING}/{event_id}`, ORDERS),
];

const metafields: readonly Endpoint[] = [
  ...['products', 'product_variants', 'categories', 'pages'].map((owner) =>
    read(`metafields.${owner}`, `/metafields/${owner}`),
  ),
  read('invoices.find', '/metafields/orders', { ...ORDERS, reachedBy: ['command invoice'] }),
  read('metafields.customers', '/metafields/customers', CUSTOMERS),
  // Of an order or a customer as well as of a product: the id does not say.
  read('metafields.get', '/metafields/{id}', ANYBODY),
  write('invoices.create', 'POST', '/metafields', {
    ...ANYBODY,
    refusal: noInvoice,
    reachedBy: ['command invoice'],
  }),
  never(
    'invoices.replace',
    'PUT',
    '/metafields/{id}',
    `Its id does not tell whether it is the list of invoices, which other apps write to as well. ${BY_COMMAND('invoice')}`,
    'command invoice',
  ),
  never(
    'metafields.delete',
    'DELETE',
    '/metafields/{id}',
    `Its id does not tell whether it is the list of invoices, which other apps write to as well. ${BY_COMMAND('invoice')}`,
  ),
];

const BY_PRODUCT = { reachedBy: WRITES_PRODUCTS } as const;
const products: readonly Endpoint[] = [
  read('products.list', '/products', { reachedBy: ['schedule', ...WRITES_PRODUCTS] }),
  read('products.getBySku', '/products/sku/{sku}', BY_PRODUCT),
  read('products.get', '/products/{id}', { reachedBy: ['event', 'schedule', ...WRITES_PRODUCTS] }),
  never('products.create', 'POST', '/products', MAKES_PRODUCTS, ...WRITES_PRODUCTS),
  write('products.update', 'PUT', '/products/{id}', BY_PRODUCT),
  write('products.delete', 'DELETE', '/products/{id}'),
  never('stock.push', 'PATCH', '/products/stock-price', STOCK, ...STOCK_ROUTES),
  never('stock.set', 'POST', '/products/{id}/variants/stock', STOCK, ...STOCK_ROUTES),
  read('variants.list', '/products/{id}/variants'),
  read('variants.get', VARIANT),
  never('variants.create', 'POST', '/products/{id}/variants', MAKES_PRODUCTS, ...WRITES_PRODUCTS),
  write('variants.update', 'PUT', VARIANT, { refusal: withoutTold, ...BY_PRODUCT }),
  write('variants.updateMany', 'PATCH', '/products/{id}/variants', { refusal: withoutTold, ...BY_PRODUCT }),
  write('variants.delete', 'DELETE', VARIANT, BY_PRODUCT),
  never(
    'variants.replaceAll',
    'PUT',
    '/products/{id}/variants',
    'It deletes every variant that the body does not name. Change variants with PATCH on the same path.',
  ),
  read('images.list', '/products/{id}/images'),
  read('images.get', '/products/{id}/images/{image_id}'),
  never('images.create', 'POST', '/products/{id}/images', MAKES_PRODUCTS, ...WRITES_PRODUCTS),
  write('images.update', 'PUT', '/products/{id}/images/{image_id}'),
  write('images.delete', 'DELETE', '/products/{id}/images/{image_id}', BY_PRODUCT),
  read('categories.list', '/categories', {
    reachedBy: ['route GET /v1/categories', 'operator categories list'],
  }),
  read('categories.get', '/categories/{id}'),
  write('categories.create', 'POST', '/categories'),
  write('categories.update', 'PUT', '/categories/{id}'),
  write('categories.delete', 'DELETE', '/categories/{id}'),
  read('customFields.list', DEFINITIONS, BY_PRODUCT),
  read('customFields.get', `${DEFINITIONS}/{field_id}`),
  write('customFields.create', 'POST', DEFINITIONS, BY_PRODUCT),
  write('customFields.update', 'PUT', `${DEFINITIONS}/{field_id}`, BY_PRODUCT),
  write('customFields.delete', 'DELETE', `${DEFINITIONS}/{field_id}`),
  read('customFields.valuesOf', VARIANT_FIELDS),
  write('customFields.setValues', 'PUT', `${VARIANT_FIELDS}/values`, BY_PRODUCT),
];

const OAUTH =
  'A token belongs to the installation: a new one ends the old one. Run the operator\'s command "connect".';
const others: readonly Endpoint[] = [
  never('oauth.authorizeLink', 'GET', '/apps/{app_id}/authorize', OAUTH, 'installation'),
  never('oauth.exchangeCode', 'POST', '/apps/authorize/token', OAUTH, 'installation'),
  read('store.get', '/store', { reachedBy: ['event', 'schedule'] }),
  read('locations.list', '/locations', { reachedBy: LISTS_LOCATIONS }),
  read('locations.get', '/locations/{id}'),
  never('locations.create', 'POST', '/locations', LOCATIONS, ...WRITES_LOCATIONS),
  never('locations.update', 'PUT', '/locations/{id}', LOCATIONS, ...WRITES_LOCATIONS),
  write('locations.delete', 'DELETE', '/locations/{id}'),
  never('locations.setPriorities', 'PATCH', '/locations/priorities', PRIORITIES, ...ORDERS_LOCATIONS),
  never(
    'locations.makeDefault',
    'PATCH',
    '/locations/{id}/chosen-as-default',
    LOCATIONS,
    ...WRITES_LOCATIONS,
    'operator locations default',
  ),
  read('locations.inventoryLevels', '/locations/{id}/inventory-levels'),
  read('customers.list', '/customers', { ...CUSTOMERS, reachedBy: ['schedule'] }),
  read('customers.get', '/customers/{id}', { ...CUSTOMERS, reachedBy: ['event', 'schedule'] }),
  never(
    'customers.create',
    'POST',
    '/customers',
    'It makes a second customer where nobody looked, and invites by e-mail. Send the customer with PUT /v1/customers/{externalId}.',
    WRITES_CUSTOMERS,
  ),
  write('customers.update', 'PUT', '/customers/{id}', { ...CUSTOMERS, reachedBy: [WRITES_CUSTOMERS] }),
  write('customers.delete', 'DELETE', '/customers/{id}', CUSTOMERS),
  read('webhooks.list', '/webhooks', { reachedBy: ['installation', 'schedule'] }),
  read('webhooks.get', '/webhooks/{id}'),
  never(
    'webhooks.create',
    'POST',
    '/webhooks',
    SUBSCRIPTIONS,
    'installation',
    'schedule',
    'operator connect',
  ),
  never('webhooks.update', 'PUT', '/webhooks/{id}', SUBSCRIPTIONS),
  never(
    'webhooks.delete',
    'DELETE',
    '/webhooks/{id}',
    SUBSCRIPTIONS,
    'installation',
    'schedule',
    'operator connect',
  ),
];

const ENDPOINTS: readonly Endpoint[] = [...orders, ...fulfilment, ...metafields, ...products, ...others];

/** Every call that there is, passed on or not. */
export const endpointsOf = (): readonly Endpoint[] => ENDPOINTS;
