import { contentHash } from '../../functions/domain/canonical-json.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
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
