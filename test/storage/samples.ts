import { contentHash } from '../../functions/domain/canonical-json.ts';
import type { Customer } from '../../functions/domain/customer.ts';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import type { Product } from '../../functions/domain/product.ts';
import type { ProductRow } from '../../functions/domain/product-row.ts';
import type { Message } from '../../functions/runtime/queue.ts';
import { sampleOrder } from '../support/sample-order.ts';

const AT = Date.parse('2026-11-22T12:00:00.000Z');
export const SHA256 = 'ab'.repeat(32);

/** A row of store `s` of the platform `shop`. */
export function rowOf(platformOrderId: string, change: Partial<OrderRow> = {}): OrderRow {
  const order = sampleOrder({ platform: 'shop', storeId: 's', platformOrderId });
  const { personal, ...publicOrder } = order;
  return {
    platform: 'shop',
    storeId: 's',
    platformOrderId,
    state: 'ok',
    changedAt: new Date(AT).toISOString(),
    order: publicOrder,
    personal,
    sourceTime: AT,
    observedAt: AT,
    version: 1,
    revision: 1,
    contentHash: contentHash(order),
    origin: { first: { via: 'webhook', at: AT }, last: { via: 'webhook', at: AT } },
    correlationId: 'c-1',
    ...change,
  };
}

/** Some message that a queue carries. */
export const refreshRequest = (correlationId: string, receivedAt: number): Message => ({
  kind: 'refresh',
  v: 1,
  correlationId,
  receivedAt,
  attempts: 0,
  storeId: 's',
  orderId: '1',
  origin: 'reconcile',
  priority: 'bulk',
});

/** The row of a product of store `s` of the platform `shop`, with one variant. */
export function productRowOf(platformProductId: string, change: Partial<ProductRow> = {}): ProductRow {
  const { platform = 'shop', storeId = 's' } = change;
  const product: Product = {
    platform,
    storeId,
    platformProductId,
    title: { es: 'Taza' },
    status: 'active',
    variants: [
      {
        platformVariantId: `${platformProductId}-1`,
        sku: `SKU-${platformProductId}`,
        price: { amount: 890_000, currency: 'ARS' },
        stock: { kind: 'counted', quantity: 7 },
        locations: [{ locationId: 'L1', stock: { kind: 'counted', quantity: 7 } }],
      },
    ],
    warnings: [],
  };
  return {
    platform,
    storeId,
    platformProductId,
    state: 'ok',
    changedAt: new Date(AT).toISOString(),
    product,
    content: { hash: contentHash(product), at: AT, observedAt: AT },
    observedAt: AT,
    version: 1,
    revision: 1,
    eventCount: 1,
    origin: { first: { via: 'webhook', at: AT }, last: { via: 'webhook', at: AT } },
    correlationId: 'c-1',
    ...change,
  };
}

/** The row of an invented customer of store `s` of the platform `shop`. */
export function customerRowOf(platformCustomerId: string, change: Partial<CustomerRow> = {}): CustomerRow {
  const { platform = 'shop', storeId = 's' } = change;
  const personal = { name: 'Invented Person', email: 'invented@example.com' };
  const customer: Omit<Customer, 'personal'> = {
    platform,
    storeId,
    platformCustomerId,
    acceptsMarketing: false,
    warnings: [],
  };
  return {
    platform,
    storeId,
    platformCustomerId,
    state: 'ok',
    changedAt: new Date(AT).toISOString(),
    customer,
    personal,
    content: { hash: contentHash({ ...customer, personal }), at: AT, observedAt: AT },
    observedAt: AT,
    version: 1,
    revision: 1,
    eventCount: 1,
    origin: { first: { via: 'webhook', at: AT }, last: { via: 'webhook', at: AT } },
    correlationId: 'c-1',
    ...change,
  };
}
