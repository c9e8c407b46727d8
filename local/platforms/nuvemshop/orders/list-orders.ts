import type { SimRequest, SimResponse } from '../../simulator.ts';
import { fail } from '../errors.ts';
import { parseMoney } from '../formats.ts';
import { dateRange, onlyParameters, page, pagingParameters, positive, word } from '../lists.ts';
import type { ApiCall } from '../platform.ts';
import { type Order, shippingStatusOf, totalOf } from './order.ts';
import { type OrderAggregates, renderOrder } from './render-order.ts';

const parameters = [
  ...pagingParameters,
  'since_id',
  'status',
  'channels',
  'payment_status',
  'shipping_status',
  'created_at_min',
  'created_at_max',
  'updated_at_min',
  'updated_at_max',
  'total_min',
  'total_max',
  'customer_ids',
  'q',
  'app_id',
  'payment_methods',
  'payment_provider',
  'aggregates',
] as const;

const paymentWords = ['pending', 'authorized', 'paid', 'abandoned', 'refunded', 'voided'] as const;
const channelWords = ['form', 'store', 'api', 'meli', 'pos'] as const;

// Filtering and reading use different words (reference, order page).
const shippingWords: Readonly<Record<string, readonly string[]>> = {
  unpacked: ['unpacked', 'partially_packed'],
  unfulfilled: ['unshipped'],
  fulfilled: ['shipped', 'delivered', 'partially_fulfilled'],
};

/** `GET /orders` with every documented filter; the newest first, which the platform does not promise. */
export function listOrders(request: SimRequest, call: ApiCall): SimResponse {
  onlyParameters(request, parameters);
  const aggregates = aggregatesOf(request);
  const passes = filterOf(request);
  const found = [...call.store.orders.values()].filter(passes).reverse();
  return page(request, found, (order) => renderOrder(order, call, 'list', aggregates), orderListCap(call));
}

/** Which aggregates a request asks for; an unknown one is a 422. */
export function aggregatesOf(request: SimRequest): OrderAggregates {
  const words = (request.query.get('aggregates') ?? '').split(',').filter((entry) => entry !== '');
  const unknown = words.filter((entry) => entry !== 'fulfillment_orders' && entry !== 'custom_fields');
  if (unknown.length > 0) throw fail(422, `Unknown aggregate: ${unknown.join(', ')}`);
  return {
    fulfilmentOrders: words.includes('fulfillment_orders'),
    customFields: words.includes('custom_fields'),
  };
}

function orderListCap(call: ApiCall): number {
  return call.platform.options.orderListCap ?? 10_000;
}

function filterOf(request: SimRequest): (order: Order) => boolean {
  const { query } = request;
  const sinceId = positive(request, 'since_id') ?? 0;
  const status = word(request, 'status', ['open', 'closed', 'cancelled']);
  const payment = word(request, 'payment_status', paymentWords);
  const shipping = word(request, 'shipping_status', Object.keys(shippingWords));
  const channels = words(query.get('channels'));
  if (channels?.some((channel) => !(channelWords as readonly string[]).includes(channel)) === true) {
    throw fail(422, 'Validation error', {
      channels: [`The channels must be of: ${channelWords.join(', ')}.`],
    });
  }
  const customers = words(query.get('customer_ids'));
  const methods = words(query.get('payment_methods'));
  const provider = query.get('payment_provider');
  const appId = query.get('app_id');
  const text = query.get('q')?.toLowerCase();
  const created = dateRange(request, 'created_at');
  const updated = dateRange(request, 'updated_at');
  const minimum = cents(request, 'total_min');
  const maximum = cents(request, 'total_max');
  const tests: ((order: Order) => boolean)[] = [
    (order) => order.id > sinceId,
    (order) => status === undefined || order.status === status,
    (order) => payment === undefined || order.paymentStatus === payment,
    (order) => shipping === undefined || (shippingWords[shipping] ?? []).includes(shippingStatusOf(order)),
    (order) => channels === undefined || channels.includes(order.storefront),
    (order) => customers === undefined || customers.includes(String(order.customerId)),
    (order) => methods === undefined || methods.includes(order.paymentMethod ?? ''),
    (order) => provider === null || order.gateway === provider,
    (order) => appId === null || String(order.appId) === appId,
    (order) => text === undefined || mentions(order, text),
    (order) => created(order.createdAt),
    (order) => updated(order.updatedAt),
    (order) => minimum === undefined || totalOf(order) >= minimum,
    (order) => maximum === undefined || totalOf(order) <= maximum,
  ];
  return (order) => tests.every((passes) => passes(order));
}

function mentions(order: Order, text: string): boolean {
  return (
    String(order.number) === text ||
    (order.contact.name ?? '').toLowerCase().includes(text) ||
    (order.contact.email ?? '').toLowerCase().includes(text)
  );
}

function words(list: string | null): string[] | undefined {
  return list === null || list === '' ? undefined : list.split(',').map((entry) => entry.trim());
}

function cents(request: SimRequest, name: string): number | undefined {
  const text = request.query.get(name);
  if (text === null || text === '') return undefined;
  const value = parseMoney(text);
  if (value === undefined) throw fail(422, 'Validation error', { [name]: [`The ${name} must be a number.`] });
  return value;
}
