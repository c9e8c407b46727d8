import type { Platform, Store } from '../platform.ts';

/** Every event that can be subscribed to, with the scope that covers its resource (reference, webhook page). */
export const webhookEvents: Readonly<Record<string, string | null>> = {
  'app/uninstalled': null,
  'app/suspended': null,
  'app/resumed': null,
  'category/created': 'read_products',
  'category/updated': 'read_products',
  'category/deleted': 'read_products',
  'customer/created': 'read_customers',
  'customer/updated': 'read_customers',
  'customer/deleted': 'read_customers',
  'domain/updated': null,
  'fulfillment/updated': 'read_fulfillment_orders',
  'fulfillment_order/label_status_updated': 'read_fulfillment_orders',
  'fulfillment_order/status_updated': 'read_fulfillment_orders',
  'fulfillment_order/tracking_event_created': 'read_fulfillment_orders',
  'fulfillment_order/tracking_event_deleted': 'read_fulfillment_orders',
  'fulfillment_order/tracking_event_updated': 'read_fulfillment_orders',
  'location/created': 'read_locations',
  'location/updated': 'read_locations',
  'location/deleted': 'read_locations',
  'order/cancelled': 'read_orders',
  'order/created': 'read_orders',
  'order/custom_fields_updated': 'read_orders',
  'order/edited': 'read_orders',
  'order/fulfilled': 'read_orders',
  'order/packed': 'read_orders',
  'order/paid': 'read_orders',
  'order/pending': 'read_orders',
  'order/unpacked': 'read_orders',
  'order/updated': 'read_orders',
  'order/voided': 'read_orders',
  'order_custom_field/created': 'read_orders',
  'order_custom_field/updated': 'read_orders',
  'order_custom_field/deleted': 'read_orders',
  'product/created': 'read_products',
  'product/updated': 'read_products',
  'product/deleted': 'read_products',
  'product_variant/custom_fields_updated': 'read_products',
  'product_variant_custom_field/created': 'read_products',
  'product_variant_custom_field/updated': 'read_products',
  'product_variant_custom_field/deleted': 'read_products',
  'subscription/updated': null,
};

/** Tells every subscriber of `event` about one resource; ids only, as the platform does. */
export function emit(platform: Platform, store: Store, event: string, subject: object): void {
  // An unpaid shop sends nothing (reference, introduction).
  if (store.suspension !== undefined && !event.startsWith('app/')) return;
  const body = JSON.stringify(payload(platform, store, event, subject));
  for (const webhook of store.webhooks.values()) {
    if (webhook.event === event) post(platform, webhook.url, body, event);
  }
}

/** Tells about an order: `{store_id: number, event, id: number}`. */
export function emitOrder(
  platform: Platform,
  store: Store,
  orderId: number,
  ...events: readonly string[]
): void {
  for (const event of events) emit(platform, store, `order/${event}`, { id: orderId });
}

/** Sends a signed webhook to an address, wherever its host really is. */
export function post(platform: Platform, url: string, body: string, label: string): void {
  platform.deliverer.send({
    url: resolveHost(url, platform.options.webhookHosts ?? {}),
    body,
    headers: headers(platform, body),
    label,
  });
}

function headers(platform: Platform, body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Nuvemshop-Webhook (simulated)',
    'x-linkedstore-hmac-sha256': platform.sign(body),
  };
}

function resolveHost(url: string, hosts: Readonly<Record<string, string>>): string {
  const target = new URL(url);
  const local = hosts[target.origin];
  return local === undefined ? url : `${local}${target.pathname}${target.search}`;
}

// Ids are numbers for most resources and strings for fulfillment orders and locations (reference samples).
function payload(platform: Platform, store: Store, event: string, subject: object): object {
  const stringIds = event.startsWith('fulfillment_order/') || event.startsWith('location/');
  return {
    store_id: stringIds ? String(store.id) : store.id,
    event,
    ...subject,
    ...(event.startsWith('customer/') || event.startsWith('subscription/')
      ? { event_launch_ts: Math.floor(platform.clock.now() / 1000) }
      : {}),
  };
}
