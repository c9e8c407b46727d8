import type { OrderEffect } from '../../simulator.ts';
import { moveStock } from '../catalogue/stock.ts';
import { colonOffset, compactOffset, moneyNumber } from '../formats.ts';
import { type FulfilmentOrder, type FulfilmentStatus, moveTo } from '../fulfilment/fulfilment-order.ts';
import type { Platform, Store } from '../platform.ts';
import { emit, emitOrder } from '../webhooks/events.ts';
import { type CancelReason, type HistoryValue, type Order, totalOf } from './order.ts';

/** Where a change happens. */
export interface Scene {
  platform: Platform;
  store: Store;
  /** Unix milliseconds. */
  now: number;
}

/** Marks the order as changed and tells `order/…` events, `updated` last. */
export function touch(scene: Scene, order: Order, ...events: readonly string[]): void {
  order.updatedAt = scene.now;
  emitOrder(scene.platform, scene.store, order.id, ...events, 'updated');
}

/** The same where no more than a status changed, whose own time may be all that tells when. */
function touchStatus(scene: Scene, order: Order, ...events: readonly string[]): void {
  const before = order.updatedAt;
  touch(scene, order, ...events);
  if (scene.platform.options.statusKeepsUpdatedAt === true) order.updatedAt = before;
}

/** Notes what happened to an order, for whoever counts. */
export function record(scene: Scene, order: Order, kind: OrderEffect['kind'], what: string): void {
  scene.platform.effects.record({ orderId: String(order.id), kind, what, at: scene.now });
}

/** Money came in for the whole total. */
export function pay(scene: Scene, order: Order): void {
  const total = totalOf(order);
  order.values.push(historyValue(order, 'PAID', total, total - order.paidCents, scene.now));
  order.paidCents = total;
  order.paymentStatus = 'paid';
  order.paidAt = scene.now;
  const customer = order.customerId === null ? undefined : scene.store.customers.get(order.customerId);
  if (customer !== undefined) customer.spentCents += total;
  touch(scene, order, 'paid');
}

/** A part of the total comes in, or goes back: `share` of it (0 to 1) is paid afterwards. */
export function payPart(scene: Scene, order: Order, share: number): void {
  const paid = Math.round(totalOf(order) * share);
  const before = order.paymentStatus;
  order.paymentStatus = paid < order.paidCents ? 'partially_refunded' : 'partially_paid';
  order.paidCents = paid;
  order.paidAt ??= scene.now;
  if (order.paymentStatus === before) touch(scene, order);
  else touchStatus(scene, order);
}

/** Sets a payment state that is not "paid": pending, authorized, refunded, voided and the like. */
export function setPayment(scene: Scene, order: Order, status: Order['paymentStatus']): void {
  order.paymentStatus = status;
  if (status === 'refunded') order.paidCents = 0;
  const events = status === 'voided' ? ['voided'] : status === 'pending' ? ['pending'] : [];
  touch(scene, order, ...events);
}

/** Cancels an order; there is no way back. Gives the stock back and writes to the buyer when asked to. */
export function cancel(
  scene: Scene,
  order: Order,
  reason: CancelReason,
  { restock, email }: { restock: boolean; email: boolean },
): void {
  order.status = 'cancelled';
  order.cancelReason = reason;
  order.cancelledAt = scene.now;
  record(scene, order, 'status', `cancelled: ${reason}`);
  if (restock) returnStock(scene, order);
  if (email) record(scene, order, 'mail', 'cancelled');
  touchStatus(scene, order, 'cancelled');
}

/** Archives an order. */
export function close(scene: Scene, order: Order): void {
  if (order.status !== 'closed') record(scene, order, 'status', 'closed');
  order.status = 'closed';
  order.closedAt = scene.now;
  touchStatus(scene, order);
}

/** Takes an order out of the archive. */
export function reopen(scene: Scene, order: Order): void {
  if (order.status !== 'open') record(scene, order, 'status', 'open');
  order.status = 'open';
  order.closedAt = null;
  touchStatus(scene, order);
}

/** Moves one fulfillment order on and tells both kinds of events. */
export function moveFulfilment(
  scene: Scene,
  order: Order,
  fulfilment: FulfilmentOrder,
  status: FulfilmentStatus,
): void {
  if (fulfilment.status === status) return;
  moveTo(fulfilment, status, scene.now);
  record(scene, order, 'status', `${fulfilment.id} ${status}`);
  emit(scene.platform, scene.store, 'fulfillment_order/status_updated', {
    order_id: String(order.id),
    fulfillment_id: fulfilment.id,
    status,
  });
  touch(scene, order, ...orderEventsOf(status));
}

/** An entry of the value history, money in wire form. */
export function historyValue(
  order: Order,
  status: HistoryValue['status'],
  deltaCents: number,
  paidDiffCents: number,
  now: number,
): HistoryValue {
  return {
    status,
    total_delta: moneyNumber(deltaCents),
    total_paid_diff: moneyNumber(paidDiffCents),
    gateway_method: status === 'PAID' ? historyMethod(order) : null,
    gateway_name: status === 'PAID' && order.gatewayName !== '' ? order.gatewayName : null,
    // The platform prints the two dates of one entry with different offsets.
    closed_at: status === 'PENDING' ? null : compactOffset(now),
    happened_at: colonOffset(now),
  };
}

function orderEventsOf(status: FulfilmentStatus): string[] {
  if (status === 'PACKED') return ['packed'];
  if (status === 'UNPACKED') return ['unpacked'];
  return status === 'DISPATCHED' ? ['fulfilled'] : [];
}

function historyMethod(order: Order): string {
  const words = ['credit_card', 'debit_card', 'cash', 'wire_transfer', 'pix'];
  return order.paymentMethod !== null && words.includes(order.paymentMethod) ? order.paymentMethod : 'other';
}

function returnStock(scene: Scene, order: Order): void {
  for (const line of order.lines) {
    const product = scene.store.products.get(line.productId);
    const variant = product?.variants.find((candidate) => candidate.id === line.variantId);
    const location = order.fulfilmentOrders[0]?.assigned_location.location_id;
    if (product === undefined || variant === undefined || location === undefined) continue;
    const units = line.quantity - line.unclaimedStock;
    moveStock(variant, location, units, scene.now);
    record(scene, order, 'stock', `variant ${variant.id} +${units}`);
    product.updatedAt = scene.now;
    emit(scene.platform, scene.store, 'product/updated', { id: product.id });
  }
}
