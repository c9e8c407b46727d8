import type { Order, OrderStatus } from '../../../domain/order.ts';
import type { PickingMode } from '../settings.ts';
import type { PedidosyaOrder } from './schema.ts';

type FulfilmentStatus = Order['fulfilment']['status'];

/**
 * PedidosYa's words for where an order stands (orders guide). A store that picks with its own system ("partner") sees
 * RECEIVED, READY_FOR_PICKUP, DISPATCHED, CANCELLED and DELIVERED; one that picks in PedidosYa's app ("pelican") only
 * READY_FOR_PICKUP and CANCELLED. ACCEPTED is documented at a sister brand; PICKED_UP was seen in GET answers.
 */
const STATUSES: Readonly<Record<string, readonly [OrderStatus, FulfilmentStatus]>> = {
  RECEIVED: ['received', 'unpacked'],
  ACCEPTED: ['confirmed', 'unpacked'],
  READY_FOR_PICKUP: ['ready', 'ready_for_pickup'],
  DISPATCHED: ['dispatched', 'dispatched'],
  PICKED_UP: ['dispatched', 'dispatched'],
  DELIVERED: ['delivered', 'delivered'],
  CANCELLED: ['cancelled', 'unknown'],
};

/** Words of other senders for a sale that is undone or never was: nothing of it is documented, and all of it means no. */
const UNDONE =
  /CANCEL|REJECT|DECLIN|DENIED|EXPIR|TIMED?_?OUT|VOID|REFUND|RETURN|FAILED|MISSED|UNDELIVER|ABORT/;

export interface StatusReading {
  order: OrderStatus;
  fulfilment: FulfilmentStatus;
  countsAsSale: boolean;
}

/**
 * Our statuses for an order's own words. Unknown words are `unknown`, never an error; what cannot be told is not counted as a
 * sale until the platform says more.
 */
export function readStatuses(order: PedidosyaOrder): StatusReading {
  const word = order.status.trim().toUpperCase();
  // At the counter it is the customer who picks up, and nothing follows.
  if (word === 'PICKED_UP' && order.order_type === 'PICKUP')
    return { order: 'delivered', fulfilment: 'delivered', countsAsSale: true };
  const pair = Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
  const [status, fulfilment] = pair ?? [UNDONE.test(word) ? 'cancelled' : 'unknown', 'unknown'];
  if (status !== 'cancelled') return { order: status, fulfilment, countsAsSale: status !== 'unknown' };
  // Cancelled after the rider had it, the sale is settled all the same (Partner API, frequent questions).
  const settled = order.cancellation?.post_picked_up === true;
  return { order: status, fulfilment: settled ? 'dispatched' : fulfilment, countsAsSale: settled };
}

/** Who brings it and how, from `order_type` and `transport_type`; both transports are deliveries. */
export function readDelivery(order: PedidosyaOrder): Pick<Order['fulfilment'], 'kind' | 'by'> {
  const carrier = order.transport_type;
  const by =
    carrier === 'LOGISTICS_DELIVERY' ? 'platform' : carrier === 'VENDOR_DELIVERY' ? 'merchant' : 'unknown';
  if (order.order_type === 'PICKUP') return { kind: 'pickup', by };
  const delivered = order.order_type === 'DELIVERY' || (!order.order_type && by !== 'unknown');
  return { kind: delivered ? 'delivery' : 'unknown', by };
}

/**
 * The states that a webhook tells of, by who picks the goods (orders guide): an outlet that picks in PedidosYa's own app
 * hears of two only.
 */
const WEBHOOK_STATUSES: Record<PickingMode, ReadonlySet<string>> = {
  partner: new Set(['RECEIVED', 'READY_FOR_PICKUP', 'DISPATCHED', 'CANCELLED', 'DELIVERED']),
  pelican: new Set(['READY_FOR_PICKUP', 'CANCELLED']),
};

/** Whether a webhook comes when an order reaches `status`, in the platform's own word. */
export function sendsWebhook(mode: PickingMode, status: string): boolean {
  return WEBHOOK_STATUSES[mode].has(status.trim().toUpperCase());
}
